// Which mechanism wires a port: the first that is told of it and reaches the network from the port's host.
import { describe, expect, it, vi } from 'vitest';
import { l2AgentOn } from '../../support/l2-agents.ts';
import { make, networkingServer, type NetworkingServer } from '../../support/networking.ts';

const both = {
  settings: { quotas: {}, ml2: { mechanism_drivers: ['openvswitch', 'linuxbridge'] } },
};
const vxlan = { 'provider:network_type': 'vxlan', 'provider:segmentation_id': 77 };
const gre = { 'provider:network_type': 'gre', 'provider:segmentation_id': 77 };
const vlan = {
  'provider:network_type': 'vlan',
  'provider:physical_network': 'physnet2',
  'provider:segmentation_id': 101,
};

async function mixedCloud(): Promise<NetworkingServer> {
  const server = await networkingServer(both);
  await l2AgentOn(server, { host: 'ovs1', tunneling_ip: '10.0.0.1' });
  await l2AgentOn(server, { host: 'lb1', tunneling_ip: '10.0.0.2' }, { kind: 'linuxbridge' });
  return server;
}

const bound = async (server: NetworkingServer, host: string, network: object) => {
  const { id } = await make(server.admin, 'network', { ...network });
  const port = await make(server.admin, 'port', { network_id: id, 'binding:host_id': host });
  await server.admin('DELETE', `/ports/${port.id}`);
  await server.admin('DELETE', `/networks/${id}`);
  return { type: port['binding:vif_type'], details: port['binding:vif_details'] };
};

describe('in a cloud with both kinds of hosts', () => {
  it('a port is plugged into the integration bridge or into a Linux bridge, as its host has it', async () => {
    await using server = await mixedCloud();
    for (const network of [vlan, vxlan, { 'provider:network_type': 'local' }]) {
      expect(await bound(server, 'ovs1', network)).toMatchObject({
        type: 'ovs',
        details: { connectivity: 'l2', port_filter: true, bridge_name: 'br-int' },
      });
      expect(await bound(server, 'lb1', network)).toEqual({
        type: 'bridge',
        details: { connectivity: 'l2', port_filter: true, bound_drivers: { '0': 'linuxbridge' } },
      });
    }
  });

  it('a Linux bridge host reaches physical networks by interface or by bridge', async () => {
    await using server = await mixedCloud();
    const flat = (name: string) => ({
      'provider:network_type': 'flat',
      'provider:physical_network': name,
    });
    const agent = { kind: 'linuxbridge' as const, bridge_mappings: { physnet1: 'br-ex' } };
    await l2AgentOn(server, { host: 'lb1', tunneling_ip: null }, agent);
    expect((await bound(server, 'lb1', flat('physnet1'))).type).toBe('bridge');
    expect((await bound(server, 'lb1', flat('physnet2'))).type).toBe('bridge');
    expect((await bound(server, 'lb1', flat('physnet3'))).type).toBe('binding_failed');
  });

  it('what nobody can wire fails, and the log says why for each mechanism', async () => {
    await using server = await mixedCloud();
    const log = vi.spyOn(server.env.log, 'error');
    expect(await bound(server, 'lb1', gre)).toEqual({ type: 'binding_failed', details: {} });
    expect(log.mock.calls[0]![0]).toMatch(
      /^Failed to bind port \S+ on host lb1 to gre network \S+: openvswitch: no Open vSwitch agent on host lb1; linuxbridge: no gre in tunnel_types \["vxlan"\]$/,
    );
  });
});

it('the first mechanism of the list wins on a host that has both agents', async () => {
  const kinds = [];
  for (const mechanism_drivers of [
    ['linuxbridge', 'openvswitch'],
    ['openvswitch', 'linuxbridge'],
    ['linuxbridge'],
  ]) {
    await using server = await networkingServer({ settings: { ml2: { mechanism_drivers } } });
    await l2AgentOn(server, { host: 'h', tunneling_ip: '10.0.0.1' });
    await l2AgentOn(server, { host: 'h', tunneling_ip: '10.0.0.1' }, { kind: 'linuxbridge' });
    kinds.push((await bound(server, 'h', vlan)).type);
  }
  expect(kinds).toEqual(['bridge', 'ovs', 'bridge']);
});

it('without security groups on the server no host filters its ports', async () => {
  await using server = await networkingServer({ settings: { enable_security_group: false } });
  await l2AgentOn(server, { host: 'ovs1', tunneling_ip: null });
  expect((await bound(server, 'ovs1', vlan)).details).toMatchObject({ port_filter: false });
});
