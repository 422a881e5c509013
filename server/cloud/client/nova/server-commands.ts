// nova: instances.
import { readFileSync } from 'node:fs';
import type { Command, CommandContext } from '../command/program.ts';
import { UsageError, type Arguments, type OptionSpec } from '../command/arguments.ts';
import type { Output } from '../command/output.ts';
import { ApiFailure, type Session } from '../session.ts';
import {
  findFlavor,
  findImage,
  findNetwork,
  findServer,
  getCompute,
  listImages,
  postCompute,
  type Named,
  type Server,
} from './find.ts';

const powerStates: Record<number, string> = {
  0: 'NOSTATE',
  1: 'Running',
  3: 'Paused',
  4: 'Shutdown',
  6: 'Crashed',
  7: 'Suspended',
};

const serverWord = { name: 'server', help: 'Name or ID of server.' };
const option = (name: string, help: string, rest: Partial<OptionSpec> = {}): OptionSpec => ({
  name,
  help,
  ...rest,
});

const addressText = (list: readonly { addr: string }[]) => list.map(({ addr }) => addr).join(', ');

/** `net01=192.168.101.3, 10.64.201.4; net02=...` */
const networksText = (addresses: Server['addresses']) =>
  Object.entries(addresses)
    .sort(([a], [b]) => a.localeCompare(b))
    .map(([name, list]) => `${name}=${addressText(list)}`)
    .join('; ');

/** A server as `nova show` prints it: names beside ids, one field per network, sorted. */
async function showOutput(session: Session, server: Partial<Server>): Promise<Output> {
  const [images, { flavors }] = await Promise.all([
    listImages(session).catch(() => [] as Named[]),
    getCompute<{ flavors: Named[] }>(session, '/flavors'),
  ]);
  const { addresses = {}, image, flavor, security_groups, links: _links, ...rest } = server;
  const named = (items: readonly Named[], id: string | undefined) =>
    id === undefined ? '' : `${items.find((item) => item.id === id)?.name ?? id} (${id})`;
  const fields: Record<string, unknown> = {
    ...rest,
    image: named(images, image?.id),
    flavor: named(flavors, flavor?.id),
    security_groups: (security_groups ?? []).map(({ name }) => name).join(', '),
    'OS-EXT-STS:task_state': rest['OS-EXT-STS:task_state'] ?? '-',
    'OS-SRV-USG:terminated_at': rest['OS-SRV-USG:terminated_at'] ?? '-',
    'OS-SRV-USG:launched_at': rest['OS-SRV-USG:launched_at'] ?? '-',
    key_name: rest.key_name ?? '-',
  };
  for (const [name, list] of Object.entries(addresses)) fields[`${name} network`] = addressText(list);
  return { kind: 'show', fields: Object.entries(fields).sort(([a], [b]) => a.localeCompare(b)) };
}

/** `net-id=X,v4-fixed-ip=Y` or `port-id=Z`. */
async function nicOf(session: Session, text: string): Promise<Record<string, string>> {
  const parts = Object.fromEntries(text.split(',').map((part) => part.split(/=(.*)/s).slice(0, 2)));
  const known = ['net-id', 'net-name', 'port-id', 'v4-fixed-ip', 'v6-fixed-ip'];
  const [netId, netName, portId] = [parts['net-id'], parts['net-name'], parts['port-id']] as string[];
  const given = [netId, netName, portId].filter(Boolean).length;
  if (given !== 1 || Object.keys(parts).some((key) => !known.includes(key)))
    throw new UsageError(
      `Invalid nic argument '${text}'. Nic arguments must be of the form --nic <net-id=net-uuid,v4-fixed-ip=ip-addr,` +
        `v6-fixed-ip=ip-addr,port-id=port-uuid>, with exactly one of net-id, net-name or port-id`,
    );
  const fixed = (parts['v4-fixed-ip'] ?? parts['v6-fixed-ip']) as string | undefined;
  return {
    ...(portId ? { port: portId } : { uuid: netId ?? (await findNetwork(session, netName!)) }),
    ...(fixed === undefined ? {} : { fixed_ip: fixed }),
  };
}

const listOf = (value: Arguments['options'][string] | undefined): string[] =>
  value === undefined || value === true ? [] : [value].flat();

const boot: Command = {
  name: 'boot',
  help: 'Boot a new server.',
  positionals: [{ name: 'name', help: 'Name for the new server.' }],
  options: [
    option('flavor', "Name or ID of flavor (see 'nova flavor-list')."),
    option('image', "Name or ID of image (see 'nova image-list')."),
    option('nic', 'net-id=UUID, net-name=NAME or port-id=UUID, with v4-fixed-ip=ADDRESS', {
      many: true,
      metavar: 'net-id=net-uuid',
    }),
    option('key-name', 'Key name of keypair that should be created earlier.'),
    option('security-groups', 'Comma separated list of security group names.'),
    option('availability-zone', 'Zone, or zone:host, of the server.'),
    option('meta', 'key=value metadata; may be repeated.', { many: true, metavar: 'key=value' }),
    option('hint', 'key=value hint for the scheduler; may be repeated.', {
      many: true,
      metavar: 'key=value',
    }),
    option('user-data', 'File with user data, shown to the server by the metadata service.'),
    option('num-instances', 'Boot several servers.'),
    option('min-count', 'Boot at least so many servers.'),
    option('max-count', 'Boot at most so many servers.'),
    option('config-drive', 'Accepted: true or false.'),
    option('poll', 'Wait until the server is built.', { isSwitch: true }),
  ],
  async run({ positionals, options }, { session, say }) {
    const text = (name: string) => options[name] as string | undefined;
    for (const name of ['flavor', 'image'])
      if (text(name) === undefined)
        throw new UsageError(`ERROR (CommandError): you need to specify a ${name} (--${name}).`);
    const [flavor, image, networks] = await Promise.all([
      findFlavor(session, text('flavor')!),
      findImage(session, text('image')!),
      Promise.all(listOf(options.nic).map((nic) => nicOf(session, nic))),
    ]);
    const groups = text('security-groups')?.split(',').filter(Boolean);
    const count = text('num-instances') ?? text('max-count');
    const { server } = await postCompute<{ server: Server & { adminPass: string } }>(session, '/servers', {
      server: {
        name: positionals.name,
        imageRef: image.id,
        flavorRef: flavor.id,
        ...(networks.length === 0 ? {} : { networks }),
        ...(text('key-name') === undefined ? {} : { key_name: text('key-name') }),
        ...(groups === undefined ? {} : { security_groups: groups.map((name) => ({ name })) }),
        ...(text('availability-zone') === undefined ? {} : { availability_zone: text('availability-zone') }),
        ...(options.meta === undefined ? {} : { metadata: pairs(listOf(options.meta)) }),
        ...(text('user-data') === undefined
          ? {}
          : { user_data: readFileSync(text('user-data')!).toString('base64') }),
        ...(count === undefined
          ? {}
          : { min_count: Number(text('min-count') ?? count), max_count: Number(count) }),
      },
      ...(options.hint === undefined ? {} : { 'os:scheduler_hints': pairs(listOf(options.hint)) }),
    });
    const shown = await getCompute<{ server: Server }>(session, `/servers/${server.id}`);
    if (options.poll === true) await waitUntilBuilt(session, server.id, say);
    return showOutput(session, { ...shown.server, adminPass: server.adminPass });
  },
};

const pairs = (items: readonly string[]): Record<string, string> =>
  Object.fromEntries(items.map((item) => item.split(/=(.*)/s).slice(0, 2) as [string, string]));

const errorStateText = (reason: string | undefined) =>
  `\`Server\` resource is in the error state${reason === undefined ? '' : ` due to '${reason}'`}.`;

async function waitUntilBuilt(session: Session, id: string, say: CommandContext['say']): Promise<void> {
  for (let seconds = 0; seconds < 300; seconds += 0.5) {
    const { server } = await getCompute<{ server: Server }>(session, `/servers/${id}`);
    if (server.status === 'ACTIVE') return say('Server building... 100% complete\nFinished');
    if (server.status === 'ERROR') {
      say('Error building server');
      throw new Error(`ERROR (ResourceInErrorState): ${errorStateText(server.fault?.message)}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
  throw new Error('The server is not built after 300 s');
}

const list: Command = {
  name: 'list',
  help: 'List active servers.',
  options: [
    option('all-tenants', 'Servers of all tenants (admin only); 1 or 0 may follow.', { isSwitch: true }),
    option('name', 'Only names matching this expression.'),
    option('status', 'Only servers of this status.'),
    option('host', 'Only servers on this host (admin only).'),
    option('fields', 'Comma separated list of fields to show.'),
    option('minimal', 'Show only ID and Name.', { isSwitch: true }),
  ],
  positionals: [{ name: 'flag', help: '1 after --all-tenants.', optional: true }],
  async run({ options }, { session }) {
    const { name, status, host, fields } = options as Record<string, string | undefined>;
    const query = { name, status, host, ...(options['all-tenants'] ? { all_tenants: '1' } : {}) };
    const { servers } = await getCompute<{ servers: Server[] }>(session, '/servers/detail', query);
    if (fields !== undefined) {
      const columns = ['ID', ...fields.split(',')];
      const rows = servers.map((server) => ({
        ID: server.id,
        ...Object.fromEntries(fields.split(',').map((field) => [field, server[field]])),
      }));
      return { kind: 'list', columns, rows };
    }
    const rows = servers.map((server) => ({
      ID: server.id,
      Name: server.name,
      Status: server.status,
      'Task State': server['OS-EXT-STS:task_state'] ?? '-',
      'Power State': powerStates[server['OS-EXT-STS:power_state']] ?? 'NOSTATE',
      Networks: networksText(server.addresses),
    }));
    const columns = ['ID', 'Name', 'Status', 'Task State', 'Power State', 'Networks'];
    return { kind: 'list', columns: options.minimal ? columns.slice(0, 2) : columns, rows };
  },
};

const show: Command = {
  name: 'show',
  help: 'Show details about the given server.',
  positionals: [serverWord],
  run: async ({ positionals }, { session }) =>
    showOutput(session, await findServer(session, positionals.server!)),
};

const remove: Command = {
  name: 'delete',
  help: 'Immediately shut down and delete specified server(s).',
  positionals: [{ name: 'server', help: 'Name or ID of server(s).', many: true }],
  hasOutput: false,
  async run({ rest }, { session, say }) {
    if (rest.length === 0) throw new UsageError('too few arguments');
    const failures: string[] = [];
    for (const wanted of rest)
      try {
        const { id } = await findServer(session, wanted);
        await session.request('compute', { method: 'DELETE', path: `/servers/${id}` });
        say(`Request to delete server ${wanted} has been accepted.`);
      } catch (error) {
        failures.push(
          error instanceof ApiFailure ? `${error.message} (HTTP ${error.status})` : (error as Error).message,
        );
      }
    if (failures.length > 0)
      throw new Error(
        `${failures.join('\n')}\nERROR (CommandError): Unable to delete the specified server(s).`,
      );
    return undefined;
  },
};

const consoleLog: Command = {
  name: 'console-log',
  help: 'Get console log output of a server.',
  positionals: [serverWord],
  options: [option('length', 'Length in lines to tail.')],
  hasOutput: false,
  async run({ positionals, options }, { session }) {
    const { id } = await findServer(session, positionals.server!);
    const length = options.length === undefined ? {} : { length: Number(options.length) };
    const body = { 'os-getConsoleOutput': length };
    const { output } = await postCompute<{ output: string }>(session, `/servers/${id}/action`, body);
    return { kind: 'text', text: output };
  },
};

/** Commands that are one action without an answer. */
function action(name: string, help: string, body: unknown, done?: string): Command {
  return {
    name,
    help,
    positionals: [serverWord],
    hasOutput: false,
    async run({ positionals }, { session, say }) {
      const { id } = await findServer(session, positionals.server!);
      await postCompute(session, `/servers/${id}/action`, body);
      if (done !== undefined) say(done.replace('{server}', positionals.server!));
      return undefined;
    },
  };
}

const reboot: Command = {
  ...action('reboot', 'Reboot a server.', undefined),
  options: [option('hard', 'Perform a hard reboot.', { isSwitch: true })],
  async run({ positionals, options }, { session, say }) {
    const { id } = await findServer(session, positionals.server!);
    await postCompute(session, `/servers/${id}/action`, {
      reboot: { type: options.hard === true ? 'HARD' : 'SOFT' },
    });
    say(`Request to reboot server ${positionals.server} has been accepted.`);
    return undefined;
  },
};

const rebuild: Command = {
  name: 'rebuild',
  help: 'Shutdown, re-image, and re-boot a server.',
  positionals: [serverWord, { name: 'image', help: 'Name or ID of new image.' }],
  async run({ positionals }, { session }) {
    const [{ id }, image] = await Promise.all([
      findServer(session, positionals.server!),
      findImage(session, positionals.image!),
    ]);
    const { server } = await postCompute<{ server: Server }>(session, `/servers/${id}/action`, {
      rebuild: { imageRef: image.id },
    });
    return showOutput(session, server);
  },
};

const liveMigration: Command = {
  name: 'live-migration',
  help: 'Migrate running server to a new machine.',
  positionals: [serverWord, { name: 'host', help: 'Destination host name.', optional: true }],
  options: [
    option('block-migrate', 'True in case of block_migration. (Default=False:live_migration)', {
      isSwitch: true,
    }),
    option('disk-over-commit', 'Allow overcommit. (Default=False)', { isSwitch: true }),
  ],
  hasOutput: false,
  async run({ positionals, options }, { session }) {
    const { id } = await findServer(session, positionals.server!);
    await postCompute(session, `/servers/${id}/action`, {
      'os-migrateLive': {
        host: positionals.host ?? null,
        block_migration: options['block-migrate'] === true,
        disk_over_commit: options['disk-over-commit'] === true,
      },
    });
    return undefined;
  },
};

export const serverCommands: readonly Command[] = [
  boot,
  list,
  show,
  remove,
  consoleLog,
  reboot,
  rebuild,
  liveMigration,
  action(
    'start',
    'Start a server.',
    { 'os-start': null },
    'Request to start server {server} has been accepted.',
  ),
  action('stop', 'Stop a server.', { 'os-stop': null }, 'Request to stop server {server} has been accepted.'),
  action('pause', 'Pause a server.', { pause: null }),
  action('unpause', 'Unpause a server.', { unpause: null }),
  action('suspend', 'Suspend a server.', { suspend: null }),
  action('resume', 'Resume a server.', { resume: null }),
];
