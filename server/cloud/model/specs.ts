// What the Networking server hands to its agents: the desired state of a device, a network, a router.
// `networking/desired/` builds these from the store, `agents/<kind>/desired.ts` fetches them over RPC.
// Method and topic names are Neutron's (facts: RabbitMQ section 6).

/** One address of a port, with what an agent must know of its subnet. */
export interface FixedIp {
  subnet_id: string;
  ip_address: string;
}

export interface AddressPair {
  ip_address: string;
  mac_address: string;
}

/** A subnet as agents see it (API spelling). */
export interface SubnetSpec {
  id: string;
  network_id: string;
  name: string;
  ip_version: 4 | 6;
  cidr: string;
  gateway_ip: string | null;
  enable_dhcp: boolean;
  dns_nameservers: string[];
  host_routes: { destination: string; nexthop: string }[];
  ipv6_ra_mode: string | null;
  ipv6_address_mode: string | null;
}

/** A port as agents see it (API spelling). */
export interface PortSpec {
  id: string;
  name: string;
  network_id: string;
  mac_address: string;
  admin_state_up: boolean;
  device_id: string;
  device_owner: string;
  fixed_ips: FixedIp[];
  extra_dhcp_opts: { opt_name: string; opt_value: string; ip_version?: 4 | 6 }[];
}

/**
 * L2: answer of `get_devices_details_list_and_failed_devices` on topic `q-plugin`, one per port id asked for.
 * A port that does not exist (any more) or is not bound to the asking host comes back in `failed_devices`.
 */
export interface DeviceSpec {
  /** Port id; the OVS interface's external_ids:iface-id. */
  device: string;
  port_id: string;
  network_id: string;
  network_type: 'local' | 'flat' | 'vlan' | 'gre' | 'vxlan';
  physical_network: string | null;
  segmentation_id: number | null;
  mac_address: string;
  admin_state_up: boolean;
  device_owner: string;
  fixed_ips: FixedIp[];
  allowed_address_pairs: AddressPair[];
  port_security_enabled: boolean;
  /** Ids of the port's security groups, in the API's order. */
  security_groups: string[];
  /** Link-local addresses of the routers whose IPv6 advertisements the port takes; absent: of none. */
  ra_sources?: string[];
  mtu: number;
  /** What its QoS policy asks for; absent: nothing. */
  qos?: QosSpec;
}

/** Limits in thousands of bits each second, with the kilobits that may come at once; egress is what the port sends. */
export interface QosSpec {
  egress?: { max_kbps: number; burst_kbits: number };
  ingress?: { max_kbps: number; burst_kbits: number };
  /** Of what the port sends. */
  dscp_mark?: number;
}

/** One rule as the firewall needs it; nulls mean any. */
export interface SecurityGroupRuleSpec {
  direction: 'ingress' | 'egress';
  ethertype: 'IPv4' | 'IPv6';
  protocol: string | null;
  port_range_min: number | null;
  port_range_max: number | null;
  remote_ip_prefix: string | null;
  remote_group_id: string | null;
  /** False: its group's ports are not tracked. */
  stateful?: false;
}

/** L2: answer of `security_group_info_for_devices` on topic `q-plugin` for the port ids asked for. */
export interface SecurityGroupInfo {
  /** Rules by security group id. */
  security_groups: Record<string, SecurityGroupRuleSpec[]>;
  /** Members (addresses and CIDRs) of every group named as remote group, by group id and family. */
  sg_member_ips: Record<string, { IPv4: string[]; IPv6: string[] }>;
}

/** A host at the far end of tunnels, by the address its tunnels come from (`local_ip`). */
export interface TunnelPeer {
  host: string;
  ip_address: string;
  /** Multicast group by which it takes the broadcasts of vxlan networks; missing: it needs a copy of its own. */
  vxlan_group?: string;
}

/**
 * L2: answer of `tunnel_sync` on topic `q-plugin` ({host, tunnel_ip, tunnel_type}): every other host whose L2 agent speaks
 * the type. News come as fanout `tunnel_update` {tunnel_ip, tunnel_type} and `tunnel_delete` on
 * `q-agent-notifier-tunnel-update`.
 */
export interface TunnelPeers {
  tunnels: TunnelPeer[];
}

/**
 * L2 population: who is where, by network id and by tunnel address of the host. The entry `[flooding, '0.0.0.0']` says that
 * the host takes the network's broadcasts; the others are the MAC and IP addresses of ports there. Body of the fanouts
 * `add_fdb_entries`, `remove_fdb_entries` and `update_fdb_entries` on `q-agent-notifier-l2population-update` ({fdb_entries}),
 * which make an agent ask again, and whole (all other hosts' ports) the answer of `get_fdb_entries` on `q-plugin`
 * ({host, network_ids}).
 */
export type FdbEntries = Record<
  string,
  { network_type: 'gre' | 'vxlan'; segment_id: number; ports: Record<string, [mac: string, ip: string][]> }
>;

/** Body of `update_fdb_entries`: other addresses of ports that stay where they are, by network id and tunnel address. */
export interface FdbChanges {
  chg_ip: Record<
    string,
    Record<string, { before: [mac: string, ip: string][]; after: [mac: string, ip: string][] }>
  >;
}

/** MAC address of the entry that asks for a network's broadcasts. */
export const floodingMac = '00:00:00:00:00:00';

/** DVR: the MAC address that stands for a host's routers on the wire; `get_dvr_mac_address_list` on `q-plugin`. */
export interface DvrHostMac {
  host: string;
  mac_address: string;
}

/** DHCP: answer of `get_network_info` (one, or null) and `get_active_networks_info` (all of the host) on `q-plugin`. */
export interface NetworkSpec {
  id: string;
  name: string;
  admin_state_up: boolean;
  mtu: number;
  tenant_id: string;
  subnets: SubnetSpec[];
  /** All ports of the network, the DHCP ports among them. */
  ports: PortSpec[];
  /** The DHCP port of the asking host; the server makes it when the network is scheduled to the host. */
  dhcp_port: PortSpec | null;
  /** Subnet ids that no router serves: their metadata goes through the DHCP namespace. */
  isolated_subnet_ids: string[];
  /** Address of the router port that serves a subnet, by subnet id: next hop of the metadata route. */
  router_ip_by_subnet: Record<string, string>;
}

export interface RouterPortSpec extends PortSpec {
  mtu: number;
  /** The subnets of `fixed_ips`, then the other subnets of an external network (`extra_subnets`, on-link routes). */
  subnets: SubnetSpec[];
  extra_subnets: SubnetSpec[];
  /** Address scopes of the pools that `subnets` come from, by IP version; absent: none. */
  address_scopes?: { 4?: string; 6?: string };
}

export interface FloatingIpSpec {
  id: string;
  floating_ip_address: string;
  fixed_ip_address: string;
  port_id: string;
  status: 'ACTIVE' | 'DOWN' | 'ERROR';
  /**
   * Host of the port it leads to; a distributed router translates there. Null: not bound, or bound where no distributed
   * router can be; then the host that translates for the others does it.
   */
  host: string | null;
}

/** A neighbour that a distributed router knows beforehand: its ARP requests never leave the host. */
export interface NeighbourSpec {
  subnet_id: string;
  ip_address: string;
  mac_address: string;
}

/** High availability (VRRP): what the asking host needs to take part. */
export interface HaSpec {
  /** Virtual router id, 1 to 255, unique in the tenant's HA network. */
  vr_id: number;
  priority: number;
  /** This host's port on the HA network (`ha-`). */
  port: RouterPortSpec;
}

/** A distributed router as the asking host sees it. */
export interface DvrSpec {
  /** Ports of the `snat-` namespace (`sg-`), one per internal subnet; empty without a gateway. */
  snat_interfaces: RouterPortSpec[];
  /** The host that translates for instances without a floating IP. */
  gw_port_host: string | null;
  /** The asking host's port on the external network (`fg-`); null while no floating IP needs it there. */
  agent_gateway: RouterPortSpec | null;
  /** Every port and allowed address pair of the routed subnets. */
  neighbours: NeighbourSpec[];
}

/** L3: answer of `sync_routers` on `q-l3-plugin`, one per router that the asking host serves. */
export interface RouterSpec {
  id: string;
  name: string;
  tenant_id: string;
  admin_state_up: boolean;
  enable_snat: boolean;
  /** External network of the gateway, or null. */
  external_network_id: string | null;
  gw_port: RouterPortSpec | null;
  interfaces: RouterPortSpec[];
  floatingips: FloatingIpSpec[];
  /** Null: a router on one host. */
  ha: HaSpec | null;
  /** Null: a router that is not distributed. */
  dvr: DvrSpec | null;
  routes: { destination: string; nexthop: string }[];
}

/** Metering: one rule of a label. */
export interface MeteringRuleSpec {
  id: string;
  metering_label_id: string;
  direction: 'ingress' | 'egress';
  excluded: boolean;
  remote_ip_prefix: string | null;
  source_ip_prefix: string | null;
  destination_ip_prefix: string | null;
}

export interface MeteringLabelSpec {
  id: string;
  name: string;
  shared: boolean;
  rules: MeteringRuleSpec[];
}

/** Metering: answer of `get_sync_data_metering` on `q-metering-plugin`, one per metered router of the asking host. */
export interface MeteringRouterSpec {
  id: string;
  name: string;
  tenant_id: string;
  admin_state_up: boolean;
  status: string;
  gw_port_id: string | null;
  distributed: boolean;
  _metering_labels: MeteringLabelSpec[];
}

/** Every agent: `report_state` on topic `q-reports-plugin`, every `report_interval` seconds and at start (`start_flag`). */
export interface AgentState {
  binary: string;
  host: string;
  agent_type: string;
  topic: string;
  availability_zone?: string | null;
  configurations: Record<string, unknown>;
  start_flag?: boolean;
}
