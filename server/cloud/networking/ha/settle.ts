// What a highly available router has beyond others: an id, a port on the tenant's HA network for each of its hosts, and
// interfaces that follow the active host.
import { haOwner } from '../../model/device-owners.ts';
import { neutronError } from '../../model/errors.ts';
import type { Router } from '../../model/router.ts';
import { haVrIds, ports } from '../../store/networking-tables.ts';
import { isUsable } from '../alive.ts';
import { bindOnHosts } from '../host-bindings.ts';
import { l3Agents, suits } from '../l3-candidates.ts';
import { scheduledHosts } from '../notices.ts';
import { bindPortsTo, routerPorts } from '../router-ports.ts';
import { createPort } from '../rules/port-create.ts';
import { removePort } from '../rules/port-remove.ts';
import type { Work } from '../work.ts';
import { activeHost } from './active-host.ts';
import { haNetworkOf, releaseHaNetwork } from './ha-network.ts';
import { takeVrId } from './vr-ids.ts';

/** Throws unless there are agents enough to call the router highly available. */
export async function checkHaAgents(work: Work): Promise<void> {
  const min_agents = work.env.settings.min_l3_agents_per_router;
  const anyRouter = { id: '', distributed: false };
  const usable = (await l3Agents(work)).filter(
    (agent) => isUsable(work.env, agent) && suits(agent, anyRouter, undefined),
  );
  const num_agents = usable.length;
  if (num_agents < min_agents) throw neutronError('HANotEnoughAvailableAgents', { min_agents, num_agents });
}

/** Gives every host of the router its port on the HA network, and binds the others to the active host. */
export async function settleHa(work: Work, router: Router): Promise<void> {
  const network_id = await haNetworkOf(work, router.tenant_id);
  await takeVrId(work, network_id, router.id);
  const hosts = await scheduledHosts(work, router.id);
  const present = await work.rows.all(ports, { device_id: router.id, device_owner: haOwner });
  for (const port of present) {
    const host = port['binding:host_id']!;
    if (hosts.includes(host)) await bindPortsTo(work, [port], host);
    else await removePort(work, port);
  }
  for (const host of hosts) {
    if (present.some((port) => port['binding:host_id'] === host)) continue;
    await createPort(work, {
      network_id,
      name: `HA port tenant ${router.tenant_id}`,
      tenant_id: '',
      device_id: router.id,
      device_owner: haOwner,
      'binding:host_id': host,
    });
  }
  const own = await routerPorts(work, router.id);
  await bindOnHosts(work, router.id, own, hosts);
  await bindPortsTo(work, own, await activeHost(work, router.id));
}

/** A router is no longer highly available (or no longer there). */
export async function endHa(work: Work, router: Pick<Router, 'id' | 'tenant_id'>): Promise<void> {
  for (const port of await work.rows.all(ports, { device_id: router.id, device_owner: haOwner }))
    await removePort(work, port);
  await work.rows.remove(haVrIds, { router_id: router.id });
  await releaseHaNetwork(work, router.tenant_id);
}
