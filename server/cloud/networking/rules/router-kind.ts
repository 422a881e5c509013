// The kinds of routers: on one host, distributed, highly available; what a new one is, and turning one into the other.
import { interfaceOwnerOf } from '../../model/device-owners.ts';
import { neutronError } from '../../model/errors.ts';
import type { Router } from '../../model/router.ts';
import { distributedPortBindings, ports, routerAgents } from '../../store/networking-tables.ts';
import { settleSnatPorts } from '../dvr/snat-ports.ts';
import { checkHaAgents, endHa } from '../ha/settle.ts';
import { l3Agents } from '../l3-candidates.ts';
import { distributedHosts } from '../notices.ts';
import { interfacesOf } from '../router-ports.ts';
import { unbindRouter } from '../schedule-l3.ts';
import type { Work } from '../work.ts';

type Kind = Pick<Router, 'distributed' | 'ha'>;

const bad = (msg: string) => neutronError('BadRequest', { resource: 'router', msg });

/** What a new router is: as it was asked for, else as configured. */
export async function kindOf(work: Work, asked: Partial<Kind>): Promise<Kind> {
  const { settings } = work.env;
  const distributed = asked.distributed ?? (asked.ha ? false : settings.router_distributed);
  const ha = asked.ha ?? (asked.distributed ? false : settings.l3_ha);
  return checkedKind(work, { distributed, ha });
}

async function checkedKind(work: Work, kind: Kind): Promise<Kind> {
  if (kind.distributed && kind.ha) throw neutronError('DistributedHARouterNotSupported');
  if (kind.ha) await checkHaAgents(work);
  return kind;
}

/** A router changes its kind only while it is out of service. */
export async function checkConversion(work: Work, row: Router, changes: Partial<Kind>): Promise<void> {
  const kind = { distributed: changes.distributed ?? row.distributed, ha: changes.ha ?? row.ha };
  if (isSameKind(kind, row)) return;
  const what = kind.distributed === row.distributed ? 'HA attribute' : "the 'distributed' attribute";
  if (row.admin_state_up)
    throw bad(
      `Cannot change ${what} of active routers. Please set router admin_state_up to False prior to upgrade`,
    );
  await checkedKind(work, kind);
}

const isSameKind = (one: Kind, other: Kind) => one.distributed === other.distributed && one.ha === other.ha;

/** Interfaces change their owner in place; agents and bindings of the former kind go. */
export async function convert(work: Work, before: Router, row: Router): Promise<void> {
  if (isSameKind(before, row)) return;
  for (const server of await distributedHosts(work, row.id))
    work.casts.push({ topic: 'l3_agent', method: 'router_deleted', args: { router_id: row.id }, server });
  await work.env.plugin.population?.changing(work, await interfacesOf(work, row.id));
  await work.rows.remove(distributedPortBindings, { router_id: row.id });
  if (before.distributed)
    await settleSnatPorts(work, { ...row, gw_port_id: null }, { interfaces: [], host: '' });
  if (before.ha) await endHa(work, before);
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
