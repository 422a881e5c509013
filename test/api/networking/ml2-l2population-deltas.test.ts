// L2 population as a listener sees it: whatever happens, the news it was told add up to what it would get if it asked.
import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { FdbChanges, FdbEntries } from '../../../server/cloud/model/specs.ts';
import { castsOf, l2AgentOn } from '../../support/l2-agents.ts';
import { make, makeNetwork, networkingServer, type NetworkingServer } from '../../support/networking.ts';

const hosts = ['c1', 'c2', 'c3'];

type Event =
  | { kind: 'create' | 'up' | 'down' | 'delete'; port: number }
  | { kind: 'address'; port: number; last: number }
  | { kind: 'move'; port: number; host: number }
  | { kind: 'tunnel'; host: number; last: number };

const number = (max: number) => fc.integer({ min: 0, max });
const event: fc.Arbitrary<Event> = fc.oneof(
  fc.record({
    kind: fc.constantFrom('create', 'create', 'up', 'down', 'delete'),
    port: number(5),
  }),
  fc.record({ kind: fc.constant('address'), port: number(5), last: number(90) }),
  fc.record({ kind: fc.constant('move'), port: number(5), host: number(2) }),
  fc.record({ kind: fc.constant('tunnel'), host: number(2), last: number(3) }),
) as fc.Arbitrary<Event>;

/** What a listener knows: entries as `network address mac ip`. */
function listen(server: NetworkingServer, known: Set<string>): void {
  for (const { method, args, fanout } of castsOf(server, /_fdb_entries$/)) {
    if (!fanout) continue;
    if (method === 'update_fdb_entries') change(known, args.fdb_entries as FdbChanges);
    for (const entry of method === 'update_fdb_entries' ? [] : flat(args.fdb_entries as FdbEntries))
      if (method === 'add_fdb_entries') known.add(entry);
      else known.delete(entry);
  }
}

function change(known: Set<string>, { chg_ip }: FdbChanges): void {
  for (const [network, addresses] of Object.entries(chg_ip))
    for (const [address, { before, after }] of Object.entries(addresses)) {
      for (const entry of before) known.delete([network, address, ...entry].join(' '));
      for (const entry of after) known.add([network, address, ...entry].join(' '));
    }
}

const flat = (entries: FdbEntries): string[] =>
  Object.entries(entries).flatMap(([network, { ports }]) =>
    Object.entries(ports).flatMap(([address, list]) =>
      list.map((entry) => [network, address, ...entry].join(' ')),
    ),
  );

/** Does what the event says to a port that is there; `ids` are the ports by their number. */
async function happen(
  server: NetworkingServer,
  network_ids: string[],
  ids: (string | undefined)[],
  one: Event,
) {
  if (one.kind === 'tunnel') {
    const tunneling_ip = one.last === 0 ? null : `10.0.${one.host}.${one.last}`;
    return l2AgentOn(server, { host: hosts[one.host]!, tunneling_ip });
  }
  const report = (host: string, id: string, isUp: boolean) => {
    const [devices_up, devices_down] = isUp ? [[id], []] : [[], [id]];
    return server.rpc('q-plugin', 'update_device_list', { host, devices_up, devices_down });
  };
  const id = ids[one.port];
  if (one.kind === 'create' && id === undefined) {
    // several ports have the same network and host
    const network_id = network_ids[one.port % 2];
    const host = hosts[Math.floor(one.port / 2) % 2]!;
    const made = await make(server.admin, 'port', { network_id, 'binding:host_id': host });
    ids[one.port] = made.id as string;
    await report(host, made.id, true);
  }
  if (id === undefined) return;
  const update = (port: object) => server.admin('PUT', `/ports/${id}`, { port });
  if (one.kind === 'move') await update({ 'binding:host_id': hosts[one.host] });
  else if (one.kind === 'address')
    await update({ fixed_ips: [{ ip_address: `192.168.1.${100 + one.last}` }] });
  else if (one.kind === 'delete') {
    await server.admin('DELETE', `/ports/${id}`);
    ids[one.port] = undefined;
  } else {
    const { body } = await server.admin('GET', `/ports/${id}`);
    await report(body.port['binding:host_id'], id, one.kind !== 'down');
  }
}

it('news add up to the whole', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(event, { minLength: 15, maxLength: 30 }), async (events) => {
      await using server = await networkingServer({
        settings: {
          quotas: {},
          ml2: {
            mechanism_drivers: ['openvswitch', 'l2population'],
            tenant_network_types: ['vxlan', 'gre'],
            vni_ranges: ['1:1'],
            tunnel_id_ranges: ['1:1'],
          },
        },
      });
      for (const [index, host] of hosts.entries())
        await l2AgentOn(server, { host, tunneling_ip: `10.0.${index}.1` });
      const network_ids: string[] = [];
      for (let count = 0; count < 2; count++)
        network_ids.push(
          (await makeNetwork(server.admin, '192.168.1.0/24', {}, { enable_dhcp: false })).network.id,
        );
      const known = new Set<string>();
      const ids: (string | undefined)[] = [];
      for (const one of events) {
        await happen(server, network_ids, ids, one);
        listen(server, known);
        const whole = await server.rpc('q-plugin', 'get_fdb_entries', { host: 'elsewhere', network_ids });
        expect([...known].sort()).toEqual(flat(whole as FdbEntries).sort());
      }
    }),
    { numRuns: 15 },
  );
});
