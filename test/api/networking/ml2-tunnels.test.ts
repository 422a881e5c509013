// Tunnels between hosts: who the others are, and what they are told when an end comes, moves or goes.
import { describe, expect, it } from 'vitest';
import { castsOf, l2AgentOn } from '../../support/l2-agents.ts';
import { networkingServer, type NetworkingServer } from '../../support/networking.ts';

const peersOf = (server: NetworkingServer, host: string, tunnel_type: string) =>
  server.rpc('q-plugin', 'tunnel_sync', { host, tunnel_ip: '10.9.9.9', tunnel_type });

const told = (server: NetworkingServer) =>
  castsOf(server, /^tunnel_/).map(({ topic, method, args, fanout }) => {
    expect([topic, fanout]).toEqual(['q-agent-notifier-tunnel-update', true]);
    return `${method} ${args.tunnel_type} ${args.tunnel_ip}`;
  });

describe('tunnel_sync', () => {
  it('gives the other hosts whose L2 agent has tunnels of the type', async () => {
    await using server = await networkingServer();
    await l2AgentOn(server, { host: 'c1', tunneling_ip: '10.0.0.1' });
    await l2AgentOn(server, { host: 'c2', tunneling_ip: '10.0.0.2' }, { kind: 'linuxbridge' });
    await l2AgentOn(server, { host: 'c3', tunneling_ip: null });
    await l2AgentOn(server, { host: 'c4', tunneling_ip: '10.0.0.4' }, { tunnel_types: ['GRE'] });
    await server.agentsOn('network');
    expect(await peersOf(server, 'c1', 'vxlan')).toEqual({
      tunnels: [{ host: 'c2', ip_address: '10.0.0.2' }],
    });
    expect(await peersOf(server, 'c9', 'gre')).toMatchObject({
      tunnels: [{ ip_address: '10.0.0.1' }, { ip_address: '10.0.0.4' }],
    });
  });

  it('says of a host that takes broadcasts by multicast in which group', async () => {
    await using server = await networkingServer();
    const lb = { kind: 'linuxbridge' as const, vxlan_group: '224.0.0.1' };
    await l2AgentOn(server, { host: 'c2', tunneling_ip: '10.0.0.2' }, lb);
    expect(await peersOf(server, 'c1', 'vxlan')).toMatchObject({
      tunnels: [{ host: 'c2', ip_address: '10.0.0.2', vxlan_group: '224.0.0.1' }],
    });
  });
});

describe('all L2 agents are told', () => {
  it('of a host with tunnels that comes, changes its address or its types, and goes', async () => {
    await using server = await networkingServer();
    const beat = (tunneling_ip: string | null, configurations = {}) =>
      l2AgentOn(server, { host: 'c1', tunneling_ip }, configurations);
    await beat('10.0.0.1');
    expect(told(server)).toEqual(['tunnel_update gre 10.0.0.1', 'tunnel_update vxlan 10.0.0.1']);
    await beat('10.0.0.1', { devices: 3 });
    expect(told(server)).toEqual([]);
    await beat('10.0.0.7');
    expect(told(server)).toEqual([
      'tunnel_delete gre 10.0.0.1',
      'tunnel_delete vxlan 10.0.0.1',
      'tunnel_update gre 10.0.0.7',
      'tunnel_update vxlan 10.0.0.7',
    ]);
    await beat('10.0.0.7', { tunnel_types: ['vxlan'] });
    expect(told(server)).toEqual(['tunnel_delete gre 10.0.0.7']);
    const { body } = await server.admin('GET', '/agents?host=c1');
    await server.admin('DELETE', `/agents/${body.agents[0].id}`);
    expect(told(server)).toEqual(['tunnel_delete vxlan 10.0.0.7']);
    expect(await peersOf(server, 'c2', 'vxlan')).toMatchObject({ tunnels: [] });
  });

  it('nothing is deleted while another agent has its tunnels at the address', async () => {
    await using server = await networkingServer();
    await l2AgentOn(server, { host: 'c1', tunneling_ip: '10.0.0.1' });
    await l2AgentOn(server, { host: 'c1', tunneling_ip: '10.0.0.1' }, { kind: 'linuxbridge' });
    told(server);
    await l2AgentOn(server, { host: 'c1', tunneling_ip: null });
    expect(told(server)).toEqual(['tunnel_delete gre 10.0.0.1']);
  });
});
