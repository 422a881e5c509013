// The kinds of routers: on one host or distributed; what a new one is, and turning one into the other.
import { interfaceOwnerOf } from '../../model/device-owners.ts';
import { neutronError } from '../../model/errors.ts';
import type { Router } from '../../model/router.ts';
import { distributedPortBindings, ports, routerAgents } from '../../store/networking-tables.ts';
import { distributedHosts } from '../notices.ts';
import { interfacesOf } from '../router-ports.ts';
import { unbindRouter } from '../schedule-l3.ts';
import { l3Agents } from '../l3-candidates.ts';
import type { Work } from '../work.ts';
import { settleSnatPorts } from '../dvr/snat-ports.ts';

type Kind = Pick<Router, 'distributed' | 'ha'>;

const bad = (msg: string) => neutronError('BadRequest', { resource: 'router', msg });

/** What a new router is: as it was asked for, else as configured. */
export async function kindOf(work: Work, asked: Partial<Kind>): Promise<Kind> {
  if (asked.ha) throw bad("'ha' needs the l3-ha extension");
  return { distributed: asked.distributed ?? work.env.settings.router_distributed, ha: false };
}

/** A router changes its kind only while it is out of service. */
export async function checkConversion(work: Work, row: Router, changes: Partial<Kind>): Promise<void> {
  if (changes.ha) throw bad("'ha' needs the l3-ha extension");
  const distributed = changes.distributed ?? row.distributed;
  if (distributed !== row.distributed && row.admin_state_up)
    throw bad(
      "Cannot change the 'distributed' attribute of active routers. Please set router admin_state_up to False prior to upgrade",
    );
}

/** Interfaces change their owner in place; agents and bindings of the former kind go. */
export async function convert(work: Work, before: Router, row: Router): Promise<void> {
  if (before.distributed === row.distributed) return;
  for (const server of await distributedHosts(work, row.id))
    work.casts.push({ topic: 'l3_agent', method: 'router_deleted', args: { router_id: row.id }, server });
  await work.env.plugin.population?.changing(work, await interfacesOf(work, row.id));
  await work.rows.remove(distributedPortBindings, { router_id: row.id });
  if (before.distributed)
    await settleSnatPorts(work, { ...row, gw_port_id: null }, { interfaces: [], host: '' });
  const bound = await work.rows.all(routerAgents, { router_id: row.id });
  for (const agent of await l3Agents(work))
    if (bound.some(({ agent_id }) => agent_id === agent.id)) await unbindRouter(work, before, agent);
  for (const port of await interfacesOf(work, row.id))
    await work.rows.update(
      ports,
      { id: port.id },
      { device_owner: interfaceOwnerOf(row), revision_number: port.revision_number + 1, status: 'DOWN' },
    );
}
