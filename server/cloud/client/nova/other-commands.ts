// nova: flavors, images, keypairs, interfaces, floating IPs and what an administrator looks at.
import { readFileSync } from 'node:fs';
import type { Command } from '../command/program.ts';
import type { Output } from '../command/output.ts';
import type { Session } from '../session.ts';
import { findServer, getCompute, listImages, postCompute } from './find.ts';

const serverWord = { name: 'server', help: 'Name or ID of server.' };

/** A command that is one list. */
function lister<Item>(
  name: string,
  help: string,
  read: (session: Session) => Promise<readonly Item[]>,
  columns: Record<string, (item: Item) => unknown>,
): Command {
  return {
    name,
    help,
    async run(_input, { session }): Promise<Output> {
      const rows = (await read(session)).map((item) =>
        Object.fromEntries(Object.entries(columns).map(([column, cell]) => [column, cell(item)])),
      );
      return { kind: 'list', columns: Object.keys(columns), rows };
    },
  };
}

interface Flavor {
  id: string;
  name: string;
  ram: number;
  disk: number;
  vcpus: number;
}
interface Keypair {
  name: string;
  fingerprint: string;
  public_key: string;
  private_key?: string;
}
interface Service {
  id: number;
  binary: string;
  host: string;
  zone: string;
  status: string;
  state: string;
  updated_at: string;
  disabled_reason: string | null;
}
interface Zone {
  zoneName: string;
  zoneState: { available: boolean };
  hosts: Record<string, Record<string, { available: boolean; active: boolean; updated_at: string }>> | null;
}
interface Attachment {
  port_state: string;
  port_id: string;
  net_id: string;
  mac_addr: string;
  fixed_ips: { ip_address: string }[];
}

const lists: readonly Command[] = [
  lister<Flavor>(
    'flavor-list',
    "Print a list of available 'flavors' (sizes of servers).",
    async (session) => (await getCompute<{ flavors: Flavor[] }>(session, '/flavors/detail')).flavors,
    {
      ID: ({ id }) => id,
      Name: ({ name }) => name,
      Memory_MB: ({ ram }) => ram,
      Disk: ({ disk }) => disk,
      Ephemeral: () => 0,
      Swap: () => '',
      VCPUs: ({ vcpus }) => vcpus,
      RXTX_Factor: () => '1.0',
      Is_Public: () => true,
    },
  ),
  lister<{ id: string; name: string; status?: unknown }>(
    'image-list',
    'Print a list of available images to boot from.',
    listImages,
    {
      ID: ({ id }) => id,
      Name: ({ name }) => name,
      Status: ({ status }) => String(status).toUpperCase(),
      Server: () => '',
    },
  ),
  lister<Keypair>(
    'keypair-list',
    'Print a list of keypairs for a user.',
    async (session) =>
      (await getCompute<{ keypairs: { keypair: Keypair }[] }>(session, '/os-keypairs')).keypairs.map(
        ({ keypair }) => keypair,
      ),
    { Name: ({ name }) => name, Fingerprint: ({ fingerprint }) => fingerprint },
  ),
  lister<Service>(
    'service-list',
    'Show a list of all running services.',
    async (session) => (await getCompute<{ services: Service[] }>(session, '/os-services')).services,
    {
      Id: ({ id }) => id,
      Binary: ({ binary }) => binary,
      Host: ({ host }) => host,
      Zone: ({ zone }) => zone,
      Status: ({ status }) => status,
      State: ({ state }) => state,
      Updated_at: ({ updated_at }) => updated_at,
      'Disabled Reason': ({ disabled_reason }) => disabled_reason ?? '-',
    },
  ),
  lister<{ id: number; hypervisor_hostname: string; state: string; status: string }>(
    'hypervisor-list',
    'List hypervisors.',
    async (session) => (await getCompute<{ hypervisors: never[] }>(session, '/os-hypervisors')).hypervisors,
    {
      ID: ({ id }) => id,
      'Hypervisor hostname': ({ hypervisor_hostname }) => hypervisor_hostname,
      State: ({ state }) => state,
      Status: ({ status }) => status,
    },
  ),
  lister<{ name: string; status: string }>(
    'availability-zone-list',
    'List all the availability zones.',
    async (session) => {
      const path = '/os-availability-zone';
      const isAdmin = (await session.access()).roles.includes('admin');
      const { availabilityZoneInfo } = await getCompute<{ availabilityZoneInfo: Zone[] }>(
        session,
        isAdmin ? `${path}/detail` : path,
      );
      return availabilityZoneInfo.flatMap(zoneRows);
    },
    { Name: ({ name }) => name, Status: ({ status }) => status },
  ),
];

function zoneRows({ zoneName, zoneState, hosts }: Zone): { name: string; status: string }[] {
  const rows = [{ name: zoneName, status: zoneState.available ? 'available' : 'not available' }];
  for (const [host, services] of Object.entries(hosts ?? {})) {
    rows.push({ name: `|- ${host}`, status: '' });
    for (const [service, { active, available, updated_at }] of Object.entries(services))
      rows.push({
        name: `| |- ${service}`,
        status: `${active ? 'enabled' : 'disabled'} ${available ? ':-)' : 'XXX'} ${updated_at}`,
      });
  }
  return rows;
}

const keypairAdd: Command = {
  name: 'keypair-add',
  help: 'Create a new key pair for use with servers; prints the private key, or takes --pub-key.',
  positionals: [{ name: 'name', help: 'Name of key.' }],
  options: [{ name: 'pub-key', help: 'Path to a public ssh key.' }],
  hasOutput: false,
  async run({ positionals, options }, { session }) {
    const file = options['pub-key'] as string | undefined;
    const key = file === undefined ? {} : { public_key: readFileSync(file, 'utf8').trim() };
    const { keypair } = await postCompute<{ keypair: Keypair }>(session, '/os-keypairs', {
      keypair: { name: positionals.name, ...key },
    });
    return keypair.private_key === undefined
      ? undefined
      : { kind: 'text', text: keypair.private_key.trimEnd() };
  },
};

const keypairDelete: Command = {
  name: 'keypair-delete',
  help: 'Delete keypair given by its name.',
  positionals: [{ name: 'name', help: 'Keypair name to delete.' }],
  hasOutput: false,
  async run({ positionals }, { session }) {
    const path = `/os-keypairs/${encodeURIComponent(positionals.name!)}`;
    await session.request('compute', { method: 'DELETE', path });
    return undefined;
  },
};

const keypairShow: Command = {
  name: 'keypair-show',
  help: 'Show details about the given keypair.',
  positionals: [{ name: 'keypair', help: 'Name of keypair.' }],
  async run({ positionals }, { session }) {
    const path = `/os-keypairs/${encodeURIComponent(positionals.keypair!)}`;
    const { keypair } = await getCompute<{ keypair: Keypair }>(session, path);
    const { name, fingerprint, public_key } = keypair;
    return { kind: 'show', fields: Object.entries({ fingerprint, name, public_key }) };
  },
};

const interfaceList: Command = {
  name: 'interface-list',
  help: 'List interfaces attached to a server.',
  positionals: [serverWord],
  async run({ positionals }, { session }) {
    const { id } = await findServer(session, positionals.server!);
    const { interfaceAttachments } = await getCompute<{ interfaceAttachments: Attachment[] }>(
      session,
      `/servers/${id}/os-interface`,
    );
    const rows = interfaceAttachments.map(({ port_state, port_id, net_id, mac_addr, fixed_ips }) => ({
      'Port State': port_state,
      'Port ID': port_id,
      'Net ID': net_id,
      'IP addresses': fixed_ips.map(({ ip_address }) => ip_address).join(','),
      'MAC Addr': mac_addr,
    }));
    return { kind: 'list', columns: ['Port State', 'Port ID', 'Net ID', 'IP addresses', 'MAC Addr'], rows };
  },
};

const interfaceAttach: Command = {
  name: 'interface-attach',
  help: 'Attach a network interface to a server.',
  positionals: [serverWord],
  options: [
    { name: 'port-id', help: 'Port ID.' },
    { name: 'net-id', help: 'Network ID.' },
    { name: 'fixed-ip', help: 'Requested fixed IP.' },
  ],
  hasOutput: false,
  async run({ positionals, options }, { session }) {
    const { id } = await findServer(session, positionals.server!);
    const fixed = options['fixed-ip'] as string | undefined;
    await postCompute(session, `/servers/${id}/os-interface`, {
      interfaceAttachment: {
        ...(options['port-id'] === undefined ? {} : { port_id: options['port-id'] }),
        ...(options['net-id'] === undefined ? {} : { net_id: options['net-id'] }),
        ...(fixed === undefined ? {} : { fixed_ips: [{ ip_address: fixed }] }),
      },
    });
    return undefined;
  },
};

const interfaceDetach: Command = {
  name: 'interface-detach',
  help: 'Detach a network interface from a server.',
  positionals: [serverWord, { name: 'port_id', help: 'Port ID.' }],
  hasOutput: false,
  async run({ positionals }, { session }) {
    const { id } = await findServer(session, positionals.server!);
    const path = `/servers/${id}/os-interface/${positionals.port_id}`;
    await session.request('compute', { method: 'DELETE', path });
    return undefined;
  },
};

const floatingIpAssociate: Command = {
  name: 'floating-ip-associate',
  help: 'Associate a floating IP address to a server.',
  positionals: [serverWord, { name: 'address', help: 'IP Address.' }],
  hasOutput: false,
  async run({ positionals }, { session }) {
    const { id } = await findServer(session, positionals.server!);
    const get = async <Item>(path: string, query: Record<string, string>) =>
      (await session.request<Record<string, Item[]>>('network', { method: 'GET', path, query })).body;
    const [{ ports = [] }, { floatingips = [] }] = await Promise.all([
      get<{ id: string }>('/v2.0/ports', { device_id: id }),
      get<{ id: string }>('/v2.0/floatingips', { floating_ip_address: positionals.address! }),
    ]);
    if (ports.length === 0 || floatingips.length === 0)
      throw new Error(
        ports.length === 0
          ? `ERROR (CommandError): Server '${positionals.server}' has no port.`
          : `ERROR (CommandError): Floating IP ${positionals.address} not found.`,
      );
    const path = `/v2.0/floatingips/${floatingips[0]!.id}`;
    await session.request('network', {
      method: 'PUT',
      path,
      body: { floatingip: { port_id: ports[0]!.id } },
    });
    return undefined;
  },
};

export const otherCommands: readonly Command[] = [
  ...lists,
  keypairAdd,
  keypairDelete,
  keypairShow,
  interfaceList,
  interfaceAttach,
  interfaceDetach,
  floatingIpAssociate,
];
