// Agents in the order in which they are given work: those with the least of it first, or by chance.
import type { Agent } from '../model/agent.ts';
import { routerAgents } from '../store/networking-tables.ts';
import type { Table } from '../store/table.ts';
import type { Work } from './work.ts';

/** The agents by how many rows of the table (networks or routers) name them; counted with one query. */
export async function inOrder<Row extends { agent_id: string }>(
  work: Work,
  table: Table<Row>,
  list: readonly Agent[],
): Promise<Agent[]> {
  if (list.length < 2) return [...list];
  const { network_scheduler_driver, router_scheduler_driver } = work.env.settings;
  const driver = table.name === routerAgents.name ? router_scheduler_driver : network_scheduler_driver;
  if (driver.endsWith('.ChanceScheduler')) return shuffled(list);
  const ids = list.map(({ id }) => id);
  const counted = await work.rows.sql
    .selectFrom(table.name)
    .select(['agent_id', (query) => query.fn.countAll().as('load')])
    .where('agent_id', 'in', ids)
    .groupBy('agent_id')
    .execute();
  const loads = new Map(counted.map(({ agent_id, load }) => [agent_id, Number(load)]));
  return list.toSorted((one, other) => (loads.get(one.id) ?? 0) - (loads.get(other.id) ?? 0));
}

const shuffled = (list: readonly Agent[]): Agent[] =>
  list
    .map((agent) => ({ agent, key: Math.random() }))
    .sort((one, other) => one.key - other.key)
    .map(({ agent }) => agent);
