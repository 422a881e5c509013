// The Networking server as a layer 2 agent sees it: networks, ports and groups in memory, answers and what was reported.
import type { HostPlugin as BridgePlugin } from '../../server/cloud/agents/linuxbridge/desired.ts';
import type { HostPlugin as SwitchPlugin } from '../../server/cloud/agents/openvswitch/host-desired.ts';
import type {
  DeviceSpec,
  DvrHostMac,
  FdbEntries,
  SecurityGroupRuleSpec,
  TunnelPeer,
} from '../../server/cloud/model/specs.ts';

export interface NetworkServer extends BridgePlugin, SwitchPlugin {
  devices: Map<string, DeviceSpec>;
  rules: Record<string, SecurityGroupRuleSpec[]>;
  /** Other hosts with tunnels, by type. */
  peers: Record<string, TunnelPeer[]>;
  /** Who is where on other hosts. */
  fdb: FdbEntries;
  /** MACs of hosts with distributed routers, the one of the agent's own host first. */
  macs: DvrHostMac[];
  /** Last reported state by port id. */
  reported: Map<string, 'up' | 'down'>;
  /** While set, every call fails with it. */
  outage: string | undefined;
  addPort(port: Partial<DeviceSpec> & Pick<DeviceSpec, 'port_id' | 'network_id' | 'mac_address'>): DeviceSpec;
  /** Resolves when the port was reported so. */
  waitFor(id: string, state: 'up' | 'down'): Promise<void>;
}

/** Anything of one direction, as the default group has for egress. */
export const rule = (given: Partial<SecurityGroupRuleSpec>): SecurityGroupRuleSpec => ({
  direction: 'ingress',
  ethertype: 'IPv4',
  protocol: null,
  port_range_min: null,
  port_range_max: null,
  remote_ip_prefix: null,
  remote_group_id: null,
  ...given,
});

export function networkServer(): NetworkServer {
  const waiting: { id: string; state: string; done: () => void }[] = [];
  const reach = () => {
    if (server.outage !== undefined) throw new Error(server.outage);
  };
  const members = () => {
    const result: Record<string, { IPv4: string[]; IPv6: string[] }> = {};
    for (const device of server.devices.values())
      for (const group of device.security_groups)
        (result[group] ??= { IPv4: [], IPv6: [] }).IPv4.push(...device.fixed_ips.map((ip) => ip.ip_address));
    return result;
  };
  const server: NetworkServer = {
    devices: new Map(),
    rules: {},
    peers: {},
    fdb: {},
    macs: [],
    reported: new Map(),
    outage: undefined,
    addPort: (port) => {
      const device: DeviceSpec = {
        device: port.port_id,
        network_type: 'vlan',
        physical_network: 'physnet2',
        segmentation_id: 101,
        admin_state_up: true,
        device_owner: 'compute:nova',
        fixed_ips: [],
        allowed_address_pairs: [],
        port_security_enabled: true,
        security_groups: [],
        mtu: 1500,
        ...port,
      };
      server.devices.set(port.port_id, device);
      return device;
    },
    fetchDevices: async (ids) => {
      reach();
      const known = ids.filter((id) => server.devices.has(id));
      return {
        devices: known.map((id) => structuredClone(server.devices.get(id)!)),
        failed_devices: ids.filter((id) => !server.devices.has(id)),
      };
    },
    fetchGroups: async () => {
      reach();
      return { security_groups: structuredClone(server.rules), sg_member_ips: members() };
    },
    fetchTunnels: async (type) => {
      reach();
      return { tunnels: structuredClone(server.peers[type] ?? []) };
    },
    fetchFdb: async (ids) => {
      reach();
      return structuredClone(
        Object.fromEntries(Object.entries(server.fdb).filter(([id]) => ids.includes(id))),
      );
    },
    fetchPortIds: async () => {
      reach();
      return [...server.devices.keys()];
    },
    fetchDvrMac: async () => {
      reach();
      return server.macs[0]!;
    },
    fetchDvrMacs: async () => {
      reach();
      return structuredClone(server.macs);
    },
    reportDevices: async (up, down) => {
      reach();
      for (const id of up) server.reported.set(id, 'up');
      for (const id of down) server.reported.set(id, 'down');
      for (const wait of waiting) if (server.reported.get(wait.id) === wait.state) wait.done();
    },
    waitFor: (id, state) =>
      new Promise((done) => {
        if (server.reported.get(id) === state) done();
        else waiting.push({ id, state, done });
      }),
  };
  return server;
}
