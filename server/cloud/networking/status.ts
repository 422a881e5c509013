// When a port is ACTIVE: the L2 agent has wired it and, where DHCP serves its network, its lease is set up.
// Floating IPs are what the L3 agent says of them.
import type { RequestContext } from '../model/context.ts';
import { distributedOwner } from '../model/device-owners.ts';
import type { Port } from '../model/port.ts';
import {
  agents,
  floatingips,
  ipAllocations,
  networkAgents,
  ports,
  subnets,
} from '../store/networking-tables.ts';
import { isAlive, isServing } from './alive.ts';
import { hostReported, settleDistributedStatus } from './host-bindings.ts';
import { perform } from './perform.ts';
import type { Env, Work } from './work.ts';

/** The L2 (or L3) agent of a host wired ports and unwired others. Unknown ids and ports of other hosts are passed over. */
export function devicesReported(
  env: Env,
  context: RequestContext,
  { host, up, down }: { host: string; up: readonly string[]; down: readonly string[] },
): Promise<void> {
  return perform(env, context, async (work) => {
    const known = await work.rows.all(ports, { id: [...up, ...down], 'binding:host_id': host });
    for (const port of known) {
      const l2_up = up.includes(port.id) && port.admin_state_up;
      if (port.l2_up !== l2_up) await work.rows.update(ports, { id: port.id }, { l2_up });
      await settleStatus(work, { ...port, l2_up });
    }
    await hostReported(work, { host, up, down });
  });
}

/** The DHCP agent has set up the leases of ports. */
export function dhcpReady(env: Env, context: RequestContext, port_ids: readonly string[]): Promise<void> {
  return perform(env, context, async (work) => {
    for (const port of await work.rows.all(ports, { id: port_ids })) {
      if (!port.dhcp_ready) await work.rows.update(ports, { id: port.id }, { dhcp_ready: true });
      await settleStatus(work, { ...port, dhcp_ready: true });
    }
  });
}

/** Writes the status that follows from the reports, and tells Compute when it changed. */
export async function settleStatus(work: Work, port: Port): Promise<void> {
  if (port.status === 'N/A') return;
  if (port.device_owner === distributedOwner) return settleDistributedStatus(work, port);
  const isActive =
    port.l2_up && port.admin_state_up && (port.dhcp_ready || !(await waitsForDhcp(work, port)));
  const status = isActive ? 'ACTIVE' : 'DOWN';
  if (status === port.status) return;
  await work.env.plugin.population?.changing(work, [port]);
  const revision_number = port.revision_number + 1;
  await work.rows.update(ports, { id: port.id }, { status, revision_number, updated_at: work.now });
  if (port.device_owner.startsWith('compute:'))
    work.afterCommit.push(() =>
      work.env.serverEvents.portChanged({ port, event: isActive ? 'plugged' : 'unplugged' }),
    );
}

/** Ports of guests wait for their lease where a DHCP agent that is alive serves one of their subnets. */
async function waitsForDhcp(work: Work, port: Port): Promise<boolean> {
  if (port.device_owner.startsWith('network:')) return false;
  const held = await work.rows.all(ipAllocations, { port_id: port.id });
  const served = await work.rows.all(subnets, {
    id: held.map(({ subnet_id }) => subnet_id),
    enable_dhcp: true,
  });
  if (served.length === 0) return false;
  const serving = await work.rows.all(networkAgents, { network_id: port.network_id });
  const alive = await work.rows.all(agents, { id: serving.map(({ agent_id }) => agent_id) });
  return alive.some((agent) => isAlive(work.env, agent) && isServing(work.env, agent));
}

/** The L3 agent tells how floating IPs of a router stand; those it does not name are as they were. */
export function floatingIpsReported(
  env: Env,
  context: RequestContext,
  { router_id, statuses }: { router_id: string; statuses: Readonly<Record<string, string>> },
): Promise<void> {
  return perform(env, context, async (work) => {
    for (const row of await work.rows.all(floatingips, { router_id })) {
      const status = statuses[row.id];
      if (status === undefined || row.status === status) continue;
      const revision_number = row.revision_number + 1;
      await work.rows.update(floatingips, { id: row.id }, { status, revision_number, updated_at: work.now });
    }
  });
}
