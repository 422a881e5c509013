// Both ends of the contract on tunnels: what an L2 agent makes of the server's answers and news.
import { expect, it } from 'vitest';
import { createOverlay, fdbNetworks } from '../../../server/cloud/agents/l2/overlay.ts';
import type { FdbEntries, TunnelPeers } from '../../../server/cloud/model/specs.ts';
import { castsOf, l2AgentOn } from '../../support/l2-agents.ts';
import { make, makeNetwork, networkingServer } from '../../support/networking.ts';

it('an agent knows the others, and who is where on them, and follows what changes', async () => {
  await using server = await networkingServer({
    settings: {
      ml2: {
        mechanism_drivers: ['openvswitch', 'linuxbridge', 'l2population'],
        tenant_network_types: ['vxlan'],
        vni_ranges: ['1:9'],
      },
    },
  });
  await l2AgentOn(server, { host: 'c1', tunneling_ip: '10.0.0.1' });
  await l2AgentOn(server, { host: 'c2', tunneling_ip: '10.0.0.2' });
  await l2AgentOn(server, { host: 'lb', tunneling_ip: '10.0.0.3' }, { kind: 'linuxbridge' });
  const { network } = await makeNetwork(server.admin, '192.168.1.0/24', {}, { enable_dhcp: false });
  const port = await make(server.admin, 'port', { network_id: network.id, 'binding:host_id': 'c2' });
  const report = (devices_up: string[], devices_down: string[]) =>
    server.rpc('q-plugin', 'update_device_list', { host: 'c2', devices_up, devices_down });
  await report([port.id], []);

  const ask = <Answer>(method: string, args: Record<string, unknown>) =>
    server.rpc('q-plugin', method, { host: 'c1', ...args }) as Promise<Answer>;
  const overlay = createOverlay(
    {
      fetchTunnels: (tunnel_type) => ask<TunnelPeers>('tunnel_sync', { tunnel_ip: '10.0.0.1', tunnel_type }),
      fetchFdb: (network_ids) => ask<FdbEntries>('get_fdb_entries', { network_ids }),
    },
    { types: ['gre', 'vxlan'], localIp: '10.0.0.1', populates: true },
  );
  const now = async () => {
    const { peers, members, isComplete } = await overlay.fetch([network.id]);
    expect(isComplete).toBe(true);
    return { gre: peers.get('gre'), vxlan: peers.get('vxlan'), ...members!.get(network.id) };
  };
  /** Hears the news; whether any is of interest. */
  const hear = () =>
    castsOf(server, /^tunnel_|_fdb_entries$/)
      .filter(({ fanout }) => fanout)
      .map(({ method, args }) =>
        method.startsWith('tunnel_')
          ? overlay.tunnelChanged(args as never, method === 'tunnel_delete')
          : overlay.fdbChanged(fdbNetworks(args.fdb_entries as Record<string, object>)),
      )
      .includes(true);

  const mac = port.mac_address;
  const entry = { mac, ip: port.fixed_ips[0].ip_address, host: '10.0.0.2' };
  server.casts.length = 0;
  expect(await now()).toEqual({
    gre: ['10.0.0.2'],
    vxlan: ['10.0.0.2', '10.0.0.3'],
    ports: [entry],
    flooding: ['10.0.0.2'],
  });

  await server.admin('PUT', `/ports/${port.id}`, { port: { fixed_ips: [{ ip_address: '192.168.1.9' }] } });
  expect(hear()).toBe(true);
  expect((await now()).ports).toEqual([{ ...entry, ip: '192.168.1.9' }]);

  await l2AgentOn(server, { host: 'c2', tunneling_ip: '10.0.0.8' });
  expect(hear()).toBe(true);
  expect(await now()).toEqual({
    gre: ['10.0.0.8'],
    vxlan: ['10.0.0.3', '10.0.0.8'],
    ports: [{ mac, ip: '192.168.1.9', host: '10.0.0.8' }],
    flooding: ['10.0.0.8'],
  });

  await report([], [port.id]);
  expect(hear()).toBe(true);
  expect(await now()).toMatchObject({ ports: [], flooding: [] });
});
