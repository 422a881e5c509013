// What the DHCP agent of a host should serve: a network with its subnets and ports, and the agent's own port on it.
import { interfaceOwners } from '../../model/device-owners.ts';
import type { Network } from '../../model/network.ts';
import type { NetworkSpec, PortSpec } from '../../model/specs.ts';
import type { Subnet } from '../../model/subnet.ts';
import { agents, networkAgents, networks, ports, subnets } from '../../store/networking-tables.ts';
import type { Rows } from '../../store/rows.ts';
import { isServing } from '../alive.ts';
import { dhcpDeviceId } from '../schedule-dhcp.ts';
import type { Env } from '../work.ts';
import { portSpecs, subnetSpec } from './port-specs.ts';

/** The network if the host's DHCP agent serves it, else null. */
export async function networkFor(env: Env, host: string, network_id: string): Promise<NetworkSpec | null> {
  const rows = env.store.read;
  const agent = await rows.find(agents, { agent_type: 'DHCP agent', host });
  if (agent === undefined || !isServing(env, agent)) return null;
  if ((await rows.count(networkAgents, { network_id, agent_id: agent.id })) === 0) return null;
  const network = await rows.find(networks, { id: network_id });
  return network === undefined ? null : (await specsOf(rows, host, [network]))[0]!;
}

/** All networks that the host's DHCP agent serves, with a fixed number of queries. */
export async function networksFor(rows: Rows, host: string, ids: readonly string[]): Promise<NetworkSpec[]> {
  return specsOf(rows, host, await rows.all(networks, { id: ids }));
}

async function specsOf(rows: Rows, host: string, list: readonly Network[]): Promise<NetworkSpec[]> {
  const network_id = list.map(({ id }) => id);
  const oldestFirst = { orderBy: [{ column: 'created_at' }, { column: 'id' }] };
  const subnetsBy = Map.groupBy(
    await rows.all(subnets, { network_id }, oldestFirst),
    (row) => row.network_id,
  );
  const specs = await portSpecs(rows, await rows.all(ports, { network_id }, oldestFirst));
  const portsBy = Map.groupBy(specs, (port) => port.network_id);
  return list.map((network) => {
    const own = subnetsBy.get(network.id) ?? [];
    const there = portsBy.get(network.id) ?? [];
    const router_ip_by_subnet = routerAddresses(own, there);
    const device_id = dhcpDeviceId(host, network.id);
    return {
      id: network.id,
      name: network.name,
      admin_state_up: network.admin_state_up,
      mtu: network.mtu,
      tenant_id: network.tenant_id,
      subnets: own.map(subnetSpec),
      ports: there,
      dhcp_port: there.find((port) => port.device_id === device_id) ?? null,
      isolated_subnet_ids: own.map(({ id }) => id).filter((id) => router_ip_by_subnet[id] === undefined),
      router_ip_by_subnet,
    };
  });
}

/** By subnet the address of a router on it; the one that is the subnet's gateway comes first. */
function routerAddresses(own: readonly Subnet[], there: readonly PortSpec[]): Record<string, string> {
  const result: Record<string, string> = {};
  const held = there
    .filter(({ device_owner }) => interfaceOwners.includes(device_owner))
    .flatMap(({ fixed_ips }) => fixed_ips);
  for (const subnet of own) {
    const routers = held
      .filter(({ subnet_id }) => subnet_id === subnet.id)
      .map(({ ip_address }) => ip_address);
    const address = routers.find((known) => known === subnet.gateway_ip) ?? routers[0];
    if (address !== undefined) result[subnet.id] = address;
  }
  return result;
}
