// Whom a change concerns: keys for the agents that must look again. What they find then is told by desired/.
import type { Port } from '../model/port.ts';
import {
  agents,
  distributedPortBindings,
  meteringLabels,
  networkAgents,
  routerAgents,
  routers,
} from '../store/networking-tables.ts';
import { remembered, subnetsOf } from './rules/load.ts';
import type { Work } from './work.ts';

/** Hosts of the DHCP agents that serve a network. */
export const dhcpHosts = (work: Work, network_id: string): Promise<string[]> =>
  remembered(work, `dhcp hosts ${network_id}`, async () => {
    const bound = await work.rows.all(networkAgents, { network_id });
    return hostsOf(
      work,
      bound.map(({ agent_id }) => agent_id),
    );
  });

/** Hosts of the L3 agents that a router is scheduled to. */
export async function scheduledHosts(work: Pick<Work, 'rows'>, router_id: string): Promise<string[]> {
  const bound = await work.rows.all(routerAgents, { router_id });
  return hostsOf(
    work,
    bound.map(({ agent_id }) => agent_id),
  );
}

/** Hosts that the ports of a distributed router are bound to. */
export async function distributedHosts(work: Pick<Work, 'rows'>, router_id: string): Promise<string[]> {
  const bound = await work.rows.all(distributedPortBindings, { router_id });
  return [...new Set(bound.map(({ host }) => host))];
}

/** Hosts of all L3 agents that serve a router. */
export async function l3Hosts(work: Pick<Work, 'rows'>, router_id: string): Promise<string[]> {
  const hosts = [...(await scheduledHosts(work, router_id)), ...(await distributedHosts(work, router_id))];
  return [...new Set(hosts)];
}

async function hostsOf(work: Pick<Work, 'rows'>, ids: readonly string[]): Promise<string[]> {
  return (await work.rows.all(agents, { id: ids })).map(({ host }) => host);
}

/** To be called when the scheduling of a network changed in this unit of work. */
export const forgetDhcpHosts = (work: Work, network_id: string): void => {
  work.memo.delete(`dhcp hosts ${network_id}`);
};

/** Tells the DHCP agents of a network: `port_create_end`, `subnet_update_end` ... with the network's id. */
export async function tellDhcpAgents(
  work: Work,
  method: string,
  payload: { network_id: string } & Record<string, unknown>,
): Promise<void> {
  for (const server of await dhcpHosts(work, payload.network_id))
    work.casts.push({ topic: 'dhcp_agent', method, args: { payload }, server });
}

/** Tells the L3 agents of a router that it changed. */
export async function routerChanged(work: Work, router_id: string): Promise<void> {
  const args = { routers: [router_id] };
  const isMetered = await anyMetering(work);
  for (const server of await l3Hosts(work, router_id)) {
    work.casts.push({ topic: 'l3_agent', method: 'routers_updated', args, server });
    // the device that it counts at may be another
    if (isMetered) work.casts.push({ topic: 'metering_agent', method: 'routers_updated', args, server });
  }
}

const anyMetering = (work: Work): Promise<boolean> =>
  remembered(work, 'metering', async () => (await work.rows.find(meteringLabels, {})) !== undefined);

/** A floating IP came to or left a router: its agents look again; a distributed one translates where the port is. */
export async function translationChanged(work: Work, router_id: string): Promise<void> {
  await routerChanged(work, router_id);
  const router = await work.rows.find(routers, { id: router_id });
  if (router?.distributed) work.routers.add(router_id);
}

/** Tells all L2 agents to look at a port again. */
export function portUpdated(work: Work, port: Pick<Port, 'id' | 'network_id' | 'admin_state_up'>): void {
  const { id, network_id, admin_state_up } = port;
  const args = { port: { id, network_id, admin_state_up } };
  work.casts.push({ topic: 'q-agent-notifier-port-update', method: 'port_update', args, fanout: true });
}

/** Tells all L2 agents that a port is gone. */
export function portDeleted(work: Work, port_id: string): void {
  work.casts.push({
    topic: 'q-agent-notifier-port-update',
    method: 'port_delete',
    args: { port_id },
    fanout: true,
  });
}

/** Tells all L2 agents about a network: `network_update` or `network_delete`. */
export function networkChanged(
  work: Work,
  method: 'network_update' | 'network_delete',
  network_id: string,
): void {
  work.casts.push({ topic: 'q-agent-notifier-network-update', method, args: { network_id }, fanout: true });
}

/** Ports take IPv6 advertisements of their network's routers only: L2 agents look again when these change. */
export async function advertisersChanged(work: Work, network_id: string): Promise<void> {
  if ((await subnetsOf(work, network_id)).some(({ ip_version }) => ip_version === 6))
    networkChanged(work, 'network_update', network_id);
}

/** Tells all L2 agents that rules or members of security groups changed. */
export function groupsChanged(work: Work, what: 'rule' | 'member', security_groups: readonly string[]): void {
  if (security_groups.length === 0) return;
  const topic = 'q-agent-notifier-security_group-update';
  const args = { security_groups: [...security_groups].sort() };
  work.casts.push({ topic, method: `security_groups_${what}_updated`, args, fanout: true });
}
