// Networks, ports and routers as the server describes them to its agents, with what a test does not care about filled in.
import type {
  NetworkSpec,
  PortSpec,
  RouterPortSpec,
  RouterSpec,
  SubnetSpec,
} from '../../server/cloud/model/specs.ts';

/** `uuid('a5ad5119-1c')` is an id that starts so. */
export const uuid = (start: string): string => {
  const pattern = '00000000-0000-4000-8000-000000000000';
  return start + pattern.slice(start.length);
};

export function subnetSpec(given: Partial<SubnetSpec> & Pick<SubnetSpec, 'id' | 'cidr'>): SubnetSpec {
  return {
    network_id: '',
    name: '',
    ip_version: 4,
    gateway_ip: given.cidr.replace(/\.\d+\/\d+$/, '.1'),
    enable_dhcp: true,
    dns_nameservers: [],
    host_routes: [],
    ipv6_ra_mode: null,
    ipv6_address_mode: null,
    ...given,
  };
}

/** A port with one address: `portSpec({ id, mac, subnet, address })`. */
export function portSpec({
  mac,
  subnet,
  address,
  ...given
}: Partial<PortSpec> & { id: string; mac: string; subnet: SubnetSpec; address: string }): PortSpec {
  return {
    name: '',
    network_id: subnet.network_id,
    mac_address: mac,
    admin_state_up: true,
    device_id: '',
    device_owner: 'compute:nova',
    fixed_ips: [{ subnet_id: subnet.id, ip_address: address }],
    extra_dhcp_opts: [],
    ...given,
  };
}

export const routerPortSpec = (
  port: PortSpec,
  subnets: SubnetSpec[],
  given: Partial<RouterPortSpec> = {},
): RouterPortSpec => ({ ...port, mtu: 1500, subnets, extra_subnets: [], ...given });

export function networkSpec(
  given: Partial<NetworkSpec> & Pick<NetworkSpec, 'id' | 'subnets' | 'ports'>,
): NetworkSpec {
  const subnets = given.subnets.map((subnet) => ({ ...subnet, network_id: given.id }));
  const ports = given.ports.map((port) => ({ ...port, network_id: given.id }));
  return {
    name: '',
    admin_state_up: true,
    mtu: 1500,
    tenant_id: '',
    isolated_subnet_ids: [],
    router_ip_by_subnet: {},
    dhcp_port: ports.find((port) => port.device_owner === 'network:dhcp') ?? null,
    ...given,
    subnets,
    ports,
  };
}

export const routerSpec = (given: Partial<RouterSpec> & Pick<RouterSpec, 'id'>): RouterSpec => ({
  name: '',
  tenant_id: '',
  admin_state_up: true,
  enable_snat: true,
  external_network_id: null,
  gw_port: null,
  interfaces: [],
  floatingips: [],
  ha: null,
  dvr: null,
  routes: [],
  ...given,
});
