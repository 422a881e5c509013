// L2 population: what hosts are told of ports elsewhere, as a whole and when something changes.
import { describe, expect, it } from 'vitest';
import { castsOf, l2AgentOn } from '../../support/l2-agents.ts';
import { make, makeNetwork, networkingServer, type NetworkingServer } from '../../support/networking.ts';

const flood = ['00:00:00:00:00:00', '0.0.0.0'];

/** Hosts c1, c2 (Open vSwitch) and lb (Linux bridge) with tunnels from 10.0.0.1, .2 and .3. */
async function cloud(): Promise<NetworkingServer> {
  const server = await networkingServer({
    settings: {
      quotas: {},
      ml2: {
        mechanism_drivers: ['openvswitch', 'linuxbridge', 'l2population'],
        tenant_network_types: ['vxlan'],
        vni_ranges: ['1:100'],
      },
    },
  });
  await l2AgentOn(server, { host: 'c1', tunneling_ip: '10.0.0.1' });
  await l2AgentOn(server, { host: 'c2', tunneling_ip: '10.0.0.2' });
  await l2AgentOn(server, { host: 'lb', tunneling_ip: '10.0.0.3' }, { kind: 'linuxbridge' });
  return server;
}

async function network(server: NetworkingServer, attributes: object = {}) {
  const made = await makeNetwork(server.admin, '192.168.1.0/24', { ...attributes }, { enable_dhcp: false });
  return made.network.id as string;
}

const report = (server: NetworkingServer, host: string, up: string[], down: string[] = []) =>
  server.rpc('q-plugin', 'update_device_list', { host, devices_up: up, devices_down: down });

interface Placed {
  id: string;
  mac: string;
  /** Its entry. */
  entry: [string, string];
}

/** A port that the host has wired. */
async function portOn(server: NetworkingServer, host: string, network_id: string): Promise<Placed> {
  const port = await make(server.admin, 'port', {
    network_id,
    'binding:host_id': host,
    device_owner: 'compute:nova',
  });
  await report(server, host, [port.id]);
  const { id, mac_address: mac, fixed_ips } = port;
  return { id, mac, entry: [mac, fixed_ips[0].ip_address] };
}

const entries = async (server: NetworkingServer, host: string, network_ids: string[]) =>
  sorted(await server.rpc('q-plugin', 'get_fdb_entries', { host, network_ids }));

/** Entries in an order of their own; the flood entry comes first. */
const sorted = (value: unknown): unknown =>
  JSON.parse(JSON.stringify(value), (_, item) => (Array.isArray(item?.[0]) ? item.toSorted() : item));

const fdb = (
  network_id: string,
  ports: object,
  segment: object = { network_type: 'vxlan', segment_id: 1 },
) => ({
  [network_id]: { ...segment, ports: sorted(ports) as object },
});

/** What all (or one host) were told since the last time. */
const told = (server: NetworkingServer) =>
  castsOf(server, /_fdb_entries$/).map(({ topic, method, args, server: host, fanout }) => {
    expect([topic, fanout === true]).toEqual(['q-agent-notifier-l2population-update', host === undefined]);
    return [host ?? 'all', method.replace('_fdb_entries', ''), sorted(args.fdb_entries)];
  });

describe('get_fdb_entries', () => {
  it('gives the ports of all other hosts by tunnel address, and who takes broadcasts', async () => {
    await using server = await cloud();
    const id = await network(server);
    const first = await portOn(server, 'c1', id);
    const second = await portOn(server, 'c1', id);
    const third = await portOn(server, 'lb', id);
    const c1 = { '10.0.0.1': [flood, first.entry, second.entry] };
    const lb = { '10.0.0.3': [flood, third.entry] };
    expect(await entries(server, 'c1', [id])).toEqual(fdb(id, lb));
    expect(await entries(server, 'lb', [id])).toEqual(fdb(id, c1));
    expect(await entries(server, 'c2', [id])).toEqual(fdb(id, { ...c1, ...lb }));
  });

  it('leaves out ports that are not ACTIVE, hosts without such tunnels, and networks without tunnels', async () => {
    await using server = await cloud();
    const id = await network(server);
    await make(server.admin, 'port', { network_id: id, 'binding:host_id': 'c1' });
    await l2AgentOn(server, { host: 'c9', tunneling_ip: null });
    await portOn(server, 'c9', id);
    const gre = await network(server, { 'provider:network_type': 'gre', 'provider:segmentation_id': 9 });
    const port = await portOn(server, 'c2', gre);
    const local = await network(server, { 'provider:network_type': 'local' });
    await portOn(server, 'c2', local);
    expect(await entries(server, 'c1', [id, gre, local])).toEqual({
      ...fdb(id, {}),
      ...fdb(gre, { '10.0.0.2': [flood, port.entry] }, { network_type: 'gre', segment_id: 9 }),
    });
  });

  it('gives nothing when the mechanism is not there, and nobody is told anything', async () => {
    await using server = await networkingServer({
      settings: { ml2: { tenant_network_types: ['vxlan'], vni_ranges: ['1:9'] } },
    });
    await l2AgentOn(server, { host: 'c1', tunneling_ip: '10.0.0.1' });
    const id = await network(server);
    await portOn(server, 'c1', id);
    expect(await entries(server, 'c2', [id])).toEqual({});
    expect(told(server)).toEqual([]);
  });
});

describe('hosts are told', () => {
  it('of the first port of a network on a host with the flood entry, of further ones without, until the last goes', async () => {
    await using server = await cloud();
    const id = await network(server);
    const first = await portOn(server, 'c1', id);
    expect(told(server)).toEqual([['all', 'add', fdb(id, { '10.0.0.1': [flood, first.entry] })]]);
    const second = await portOn(server, 'c1', id);
    expect(told(server)).toEqual([['all', 'add', fdb(id, { '10.0.0.1': [second.entry] })]]);
    const third = await portOn(server, 'lb', id);
    expect(told(server)).toEqual([
      ['lb', 'add', fdb(id, { '10.0.0.1': [flood, first.entry, second.entry] })],
      ['all', 'add', fdb(id, { '10.0.0.3': [flood, third.entry] })],
    ]);
    await report(server, 'c1', [], [first.id]);
    expect(told(server)).toEqual([['all', 'remove', fdb(id, { '10.0.0.1': [first.entry] })]]);
    await server.admin('DELETE', `/ports/${second.id}`);
    expect(told(server)).toEqual([['all', 'remove', fdb(id, { '10.0.0.1': [flood, second.entry] })]]);
    await server.admin('PUT', `/ports/${third.id}`, { port: { admin_state_up: false } });
    expect(told(server)).toEqual([['all', 'remove', fdb(id, { '10.0.0.3': [flood, third.entry] })]]);
    expect(await entries(server, 'c2', [id])).toEqual(fdb(id, {}));
  });

  it('of other addresses of a port in one message that names both', async () => {
    await using server = await cloud();
    const id = await network(server);
    const port = await portOn(server, 'c1', id);
    told(server);
    const fixed_ips = [{ ip_address: '192.168.1.77' }];
    await server.admin('PUT', `/ports/${port.id}`, { port: { fixed_ips } });
    const changed = { before: [port.entry], after: [[port.mac, '192.168.1.77']] };
    expect(told(server)).toEqual([['all', 'update', { chg_ip: { [id]: { '10.0.0.1': changed } } }]]);
    await server.admin('PUT', `/ports/${port.id}`, { port: { name: 'other' } });
    expect(told(server)).toEqual([]);
  });

  it('of a port that moves to another host: gone at once, there when it is wired', async () => {
    await using server = await cloud();
    const id = await network(server);
    const port = await portOn(server, 'c1', id);
    told(server);
    await server.admin('PUT', `/ports/${port.id}`, { port: { 'binding:host_id': 'c2' } });
    expect(told(server)).toEqual([['all', 'remove', fdb(id, { '10.0.0.1': [flood, port.entry] })]]);
    await report(server, 'c2', [port.id]);
    expect(told(server)).toEqual([['all', 'add', fdb(id, { '10.0.0.2': [flood, port.entry] })]]);
  });

  it('of a host whose tunnels end at another address, or that is forgotten', async () => {
    await using server = await cloud();
    const id = await network(server);
    const port = await portOn(server, 'c1', id);
    told(server);
    await l2AgentOn(server, { host: 'c1', tunneling_ip: '10.0.0.8' });
    expect(told(server)).toEqual([
      ['all', 'remove', fdb(id, { '10.0.0.1': [flood, port.entry] })],
      ['all', 'add', fdb(id, { '10.0.0.8': [flood, port.entry] })],
    ]);
    const { body } = await server.admin('GET', '/agents?host=c1');
    await server.admin('DELETE', `/agents/${body.agents[0].id}`);
    expect(told(server)).toEqual([['all', 'remove', fdb(id, { '10.0.0.8': [flood, port.entry] })]]);
    expect(await entries(server, 'c2', [id])).toEqual(fdb(id, {}));
  });

  it('of DHCP ports and routers like of any other port', async () => {
    await using server = await cloud();
    await server.agentsOn('network');
    await l2AgentOn(server, { host: 'network', tunneling_ip: '10.0.0.9' });
    const { network: made, subnet } = await makeNetwork(server.admin, '192.168.1.0/24');
    const router = await make(server.admin, 'router', {});
    await server.admin('PUT', `/routers/${router.id}/add_router_interface`, { subnet_id: subnet.id });
    const { body } = await server.admin('GET', `/ports?network_id=${made.id}&binding:host_id=network`);
    const ports: { id: string; mac_address: string; fixed_ips: { ip_address: string }[] }[] = body.ports;
    expect(ports).toHaveLength(2);
    told(server);
    await report(
      server,
      'network',
      ports.map(({ id }) => id),
    );
    const all = ports.map(({ mac_address, fixed_ips }) => [mac_address, fixed_ips[0]!.ip_address]);
    const [[to, method, sent]] = told(server) as [[string, string, ReturnType<typeof fdb>]];
    expect([to, method]).toEqual(['all', 'add']);
    const [first, ...rest] = (sent[made.id]!.ports as Record<string, string[][]>)['10.0.0.9']!;
    expect(first).toEqual(flood);
    expect(rest.toSorted()).toEqual(all.toSorted());
  });

  it('a router on every host is only flooded to, where it is wired', async () => {
    await using server = await cloud();
    const agent = (host: string, agent_mode: string) =>
      server.rpc('q-reports-plugin', 'report_state', {
        agent_state: {
          agent_type: 'L3 agent',
          binary: 'neutron-l3-agent',
          topic: 'l3_agent',
          host,
          configurations: { agent_mode },
        },
      });
    await agent('c1', 'dvr');
    await agent('c2', 'dvr_snat');
    const { network: made, subnet } = await makeNetwork(
      server.admin,
      '192.168.1.0/24',
      {},
      { enable_dhcp: false },
    );
    const router = await make(server.admin, 'router', { distributed: true });
    const { body } = await server.admin('PUT', `/routers/${router.id}/add_router_interface`, {
      subnet_id: subnet.id,
    });
    const port = await portOn(server, 'c1', made.id);
    await make(server.admin, 'port', {
      network_id: made.id,
      'binding:host_id': 'c2',
      device_owner: 'compute:nova',
    });
    told(server);
    await report(server, 'c2', [body.port_id]);
    expect(told(server)).toEqual([
      ['c2', 'add', fdb(made.id, { '10.0.0.1': [flood, port.entry] })],
      ['all', 'add', fdb(made.id, { '10.0.0.2': [flood] })],
    ]);
    await report(server, 'c1', [body.port_id]);
    expect(told(server)).toEqual([]);
    expect(await entries(server, 'lb', [made.id])).toEqual(
      fdb(made.id, { '10.0.0.1': [flood, port.entry], '10.0.0.2': [flood] }),
    );
    await report(server, 'c2', [], [body.port_id]);
    expect(told(server)).toEqual([['all', 'remove', fdb(made.id, { '10.0.0.2': [flood] })]]);
  });

  it('a highly available router is where it is active, flooded to on all its hosts, and moves at once', async () => {
    await using server = await cloud();
    for (const [index, host] of ['network1', 'network2'].entries()) {
      await server.agentsOn(host);
      await l2AgentOn(server, { host, tunneling_ip: `10.0.0.${11 + index}` });
    }
    const states = (host: string, state: string) =>
      server.rpc('q-l3-plugin', 'update_ha_routers_states', { host, states: { [router.id]: state } });
    const { network: made, subnet } = await makeNetwork(
      server.admin,
      '192.168.1.0/24',
      {},
      { enable_dhcp: false },
    );
    const router = await make(server.admin, 'router', { ha: true });
    const { body } = await server.admin('PUT', `/routers/${router.id}/add_router_interface`, {
      subnet_id: subnet.id,
    });
    await states('network1', 'active');
    for (const host of ['network1', 'network2']) await report(server, host, [body.port_id]);
    const port = (await server.admin('GET', `/ports/${body.port_id}`)).body.port;
    const entry = [port.mac_address, '192.168.1.1'];
    expect(await entries(server, 'c1', [made.id])).toEqual(
      fdb(made.id, { '10.0.0.11': [flood, entry], '10.0.0.12': [flood] }),
    );
    told(server);
    await states('network2', 'active');
    expect(told(server)).toEqual([
      ['all', 'remove', fdb(made.id, { '10.0.0.11': [entry] })],
      ['all', 'add', fdb(made.id, { '10.0.0.12': [entry] })],
    ]);
    await states('network1', 'standby');
    expect(told(server)).toEqual([]);
    expect(await entries(server, 'c1', [made.id])).toEqual(
      fdb(made.id, { '10.0.0.11': [flood], '10.0.0.12': [flood, entry] }),
    );
  });

  it('nothing when the work fails', async () => {
    await using server = await cloud();
    const id = await network(server);
    const port = await portOn(server, 'c1', id);
    told(server);
    const fixed_ips = [{ ip_address: '10.99.0.1' }];
    expect((await server.admin('PUT', `/ports/${port.id}`, { port: { fixed_ips } })).status).toBe(400);
    expect(told(server)).toEqual([]);
  });
});
