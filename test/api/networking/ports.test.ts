// Ports: addresses, MACs, security, bindings, status.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  demo,
  make,
  makeNetwork,
  networkingServer,
  refusal,
  type NetworkingServer,
} from '../../support/networking.ts';

let server: NetworkingServer;
let network_id: string;
let subnet_id: string;
beforeAll(async () => {
  server = await networkingServer({ settings: { quotas: {} } });
  const made = await makeNetwork(server.admin, '192.168.101.0/24', { tenant_id: demo });
  network_id = made.network.id;
  subnet_id = made.subnet.id;
});
afterAll(() => server[Symbol.asyncDispose]());

const create = async (port: object) =>
  refusal(await server.admin('POST', '/ports', { port: { network_id, ...port } }));
const update = (id: string, port: object) => server.admin('PUT', `/ports/${id}`, { port });

describe('addresses', () => {
  it('what the answer to a create says is what a show says', async () => {
    const port = await make(server.member, 'port', { network_id, name: 'vm01' });
    expect((await server.member('GET', `/ports/${port.id}`)).body.port).toEqual(port);
    expect(port).toMatchObject({
      admin_state_up: true,
      device_id: '',
      status: 'DOWN',
      tenant_id: demo,
      project_id: demo,
    });
    expect(port.mac_address).toMatch(/^fa:16:3e(:[0-9a-f]{2}){3}$/);
  });

  it('an address that is taken is 409, one outside the subnet 400', async () => {
    await make(server.admin, 'port', { network_id, fixed_ips: [{ ip_address: '192.168.101.77' }] });
    expect(await create({ fixed_ips: [{ ip_address: '192.168.101.77' }] })).toBe(
      `409 IpAddressAlreadyAllocated: IP address 192.168.101.77 already allocated in subnet ${subnet_id}`,
    );
    expect(await create({ fixed_ips: [{ subnet_id, ip_address: '10.1.1.1' }] })).toBe(
      '400 InvalidIpForSubnet: IP address 10.1.1.1 is not a valid IP for the specified subnet.',
    );
    expect(await create({ fixed_ips: [{ subnet_id, ip_address: '192.168.101.255' }] })).toMatch(
      /^400 InvalidIpForSubnet/,
    );
    expect(await create({ fixed_ips: [{ ip_address: '10.1.1.1' }] })).toMatch(/^400 InvalidIpForNetwork/);
    expect(await create({ fixed_ips: [{}] })).toMatch(/^400 InvalidInput/);
    expect(await create({ fixed_ips: 'x' })).toBe(
      "400 HTTPBadRequest: Invalid input for fixed_ips. Reason: 'x' is not a list.",
    );
  });

  it('64 creators at once get 64 addresses and MACs', async () => {
    const { network } = await makeNetwork(server.admin, '10.64.0.0/24');
    const ports = await Promise.all(
      Array.from({ length: 64 }, () => make(server.admin, 'port', { network_id: network.id })),
    );
    expect(new Set(ports.map(({ fixed_ips }) => fixed_ips[0].ip_address)).size).toBe(64);
    expect(new Set(ports.map(({ mac_address }) => mac_address)).size).toBe(64);
  });

  it('a used up pool is 409, and a freed address is given again', async () => {
    const { network } = await makeNetwork(server.admin, '10.65.0.0/30');
    const port = await make(server.admin, 'port', { network_id: network.id });
    const more = () => server.admin('POST', '/ports', { port: { network_id: network.id } });
    expect(refusal(await more())).toBe(
      `409 IpAddressGenerationFailure: No more IP addresses available on network ${network.id}.`,
    );
    await server.admin('DELETE', `/ports/${port.id}`);
    expect((await more()).body.port.fixed_ips).toEqual(port.fixed_ips);
  });

  it('an update replaces the list and keeps what stays', async () => {
    const second = await make(server.admin, 'subnet', {
      network_id,
      cidr: '192.168.111.0/24',
      ip_version: 4,
    });
    const port = await make(server.admin, 'port', { network_id, fixed_ips: [{ subnet_id }] });
    const [first] = port.fixed_ips;
    const { body } = await update(port.id, { fixed_ips: [{ subnet_id: second.id }, { subnet_id }] });
    expect(body.port.fixed_ips).toEqual([{ subnet_id: second.id, ip_address: '192.168.111.2' }, first]);
    expect((await update(port.id, { fixed_ips: [] })).body.port.fixed_ips).toEqual([]);
    await server.admin('DELETE', `/ports/${port.id}`);
    await server.admin('DELETE', `/subnets/${second.id}`);
  });

  it('half a bulk is nothing', async () => {
    const before = (await server.admin('GET', '/ports?fields=id')).body.ports.length;
    const ports = [
      { network_id, fixed_ips: [{ ip_address: '192.168.101.200' }] },
      { network_id, fixed_ips: [{ ip_address: '192.168.101.200' }] },
    ];
    expect((await server.admin('POST', '/ports', { ports })).status).toBe(409);
    expect((await server.admin('GET', '/ports?fields=id')).body.ports).toHaveLength(before);
  });
});

describe('MAC addresses', () => {
  it('are one per network', async () => {
    const mac_address = 'fa:16:3e:00:00:01';
    await make(server.admin, 'port', { network_id, mac_address });
    expect(await create({ mac_address })).toBe(
      `409 MacAddressInUse: Unable to complete operation for network ${network_id}. The mac address ${mac_address} is in use.`,
    );
    expect(await create({ mac_address: 'x' })).toBe(
      "400 HTTPBadRequest: Invalid input for mac_address. Reason: 'x' is not a valid MAC address.",
    );
  });
});

describe('security', () => {
  it('a port has the default group, an empty list stays empty', async () => {
    const groups = (await server.member('GET', '/security-groups?name=default')).body.security_groups;
    const port = await make(server.member, 'port', { network_id });
    expect(port.security_groups).toEqual([groups[0].id]);
    expect((await make(server.member, 'port', { network_id, security_groups: [] })).security_groups).toEqual(
      [],
    );
  });

  it('port security, groups and address pairs hold each other', async () => {
    const port = await make(server.member, 'port', { network_id });
    expect(refusal(await update(port.id, { port_security_enabled: false }))).toBe(
      '409 PortSecurityPortHasSecurityGroup: Port has security group associated. Cannot disable port security or IP address until security group is removed.',
    );
    const open = await update(port.id, { port_security_enabled: false, security_groups: [] });
    expect(open.body.port).toMatchObject({ port_security_enabled: false, security_groups: [] });
    expect(refusal(await update(port.id, { allowed_address_pairs: [{ ip_address: '10.0.0.1' }] }))).toMatch(
      /^409 AddressPairAndPortSecurityRequired/,
    );
    const closed = await update(port.id, {
      port_security_enabled: true,
      allowed_address_pairs: [
        { ip_address: '10.9.0.5/24' },
        { ip_address: '10.0.0.1', mac_address: 'FA:16:3E:AA:BB:CC' },
      ],
    });
    expect(closed.body.port.allowed_address_pairs).toEqual([
      { mac_address: port.mac_address, ip_address: '10.9.0.0/24' },
      { mac_address: 'fa:16:3e:aa:bb:cc', ip_address: '10.0.0.1' },
    ]);
    expect(await create({ allowed_address_pairs: [{ mac_address: 'fa:16:3e:aa:bb:cc' }] })).toMatch(
      /^400 AllowedAddressPairsMissingIP/,
    );
    expect(await create({ security_groups: ['11111111-2222-3333-4444-555555555555'] })).toMatch(
      /^404 SecurityGroupNotFound/,
    );
  });

  it('DHCP options are kept and shown', async () => {
    const extra_dhcp_opts = [{ opt_name: 'bootfile-name', opt_value: 'pxelinux.0', ip_version: 4 }];
    const port = await make(server.member, 'port', { network_id, extra_dhcp_opts });
    expect(port.extra_dhcp_opts).toEqual(extra_dhcp_opts);
  });
});

describe('binding', () => {
  it('follows the agent of the host and its bridge mappings, and says why when it fails', async () => {
    await server.agentsOn('compute1', { bridge_mappings: { physnet2: 'br-eth1' } });
    await server.agentsOn('compute2', { bridge_mappings: { physnet7: 'br-eth7' } });
    const port = await make(server.admin, 'port', { network_id, 'binding:host_id': 'compute1' });
    expect(port).toMatchObject({
      'binding:vif_type': 'ovs',
      'binding:vif_details': {
        port_filter: true,
        ovs_hybrid_plug: true,
        bridge_name: 'br-int',
        connectivity: 'l2',
      },
    });
    const moved = await update(port.id, { 'binding:host_id': 'compute2' });
    expect(moved.body.port['binding:vif_type']).toBe('binding_failed');
    const nowhere = await update(port.id, { 'binding:host_id': 'compute9' });
    expect(nowhere.body.port['binding:vif_type']).toBe('binding_failed');
    const unbound = await update(port.id, { 'binding:host_id': '' });
    expect(unbound.body.port['binding:vif_type']).toBe('unbound');
  });

  it('a member neither sees nor sets it', async () => {
    const port = await make(server.member, 'port', { network_id });
    expect(Object.keys(port).filter((name) => name.startsWith('binding:'))).toEqual(['binding:vnic_type']);
    expect(
      refusal(await server.member('PUT', `/ports/${port.id}`, { port: { 'binding:host_id': 'compute1' } })),
    ).toBe(
      '403 PolicyNotAuthorized: (rule:update_port and rule:update_port:binding:host_id) is disallowed by policy',
    );
  });

  it('a port that failed is bound when its agent comes', async () => {
    const port = await make(server.admin, 'port', { network_id, 'binding:host_id': 'compute3' });
    expect(port['binding:vif_type']).toBe('binding_failed');
    await server.agentsOn('compute3', { bridge_mappings: { physnet2: 'br-eth1' } });
    expect((await server.admin('GET', `/ports/${port.id}`)).body.port['binding:vif_type']).toBe('ovs');
  });
});

describe('status', () => {
  it('is what the agents say, and Compute hears of it', async () => {
    const port = await make(server.admin, 'port', {
      network_id,
      device_id: 'server-1',
      device_owner: 'compute:nova',
      'binding:host_id': 'compute1',
    });
    const report = (up: string[], down: string[], host = 'compute1') =>
      server.rpc('q-plugin', 'update_device_list', { devices_up: up, devices_down: down, host });
    const status = async () => (await server.admin('GET', `/ports/${port.id}`)).body.port.status;
    await report([port.id], [], 'compute2');
    expect(await status()).toBe('DOWN');
    await report([port.id], []);
    expect(await status()).toBe('ACTIVE');
    await report([], [port.id]);
    expect(await status()).toBe('DOWN');
    await server.admin('DELETE', `/ports/${port.id}`);
    const heard = server.serverEvents
      .filter((change) => change.port.id === port.id)
      .map(({ event }) => event);
    expect(heard).toEqual(['plugged', 'unplugged', 'deleted']);
  });
});
