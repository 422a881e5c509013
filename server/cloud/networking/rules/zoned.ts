// What availability zones add to the rules of networks and routers.
import { networkAgents, routerAgents } from '../../store/networking-tables.ts';
import type { Rows } from '../../store/rows.ts';
import type { Rules } from '../work.ts';
import { checkHints } from '../zones.ts';

const kinds = {
  network: { agentType: 'DHCP agent', table: networkAgents.name, column: 'network_id' },
  router: { agentType: 'L3 agent', table: routerAgents.name, column: 'router_id' },
} as const;

/** The rules of a resource that is served by agents in zones. */
export function zoned(name: keyof typeof kinds, rules: Rules): Rules {
  const { agentType, table, column } = kinds[name];
  return {
    ...rules,
    async decorate(rows, list, env, context) {
      const own = await rules.decorate?.(rows, list, env, context);
      const zones = await zonesOf(
        rows,
        { table, column },
        list.map(({ id }) => id as string),
      );
      return list.map(({ id }, index) => ({
        ...own?.[index],
        availability_zones: zones.get(id as string) ?? [],
      }));
    },
    async beforeCreate(work, body, id) {
      await checkHints(work, agentType, (body.availability_zone_hints as string[] | undefined) ?? []);
      return (await rules.beforeCreate?.(work, body, id)) ?? {};
    },
  };
}

/** Zones of the agents that serve, by what they serve. */
async function zonesOf(
  rows: Rows,
  { table, column }: { table: string; column: string },
  ids: readonly string[],
): Promise<Map<string, string[]>> {
  const zones = new Map<string, string[]>();
  const part = 5000;
  for (let from = 0; from < ids.length; from += part) {
    const found = await rows.sql
      .selectFrom(`${table} as binding`)
      .innerJoin('agents', 'agents.id', 'binding.agent_id')
      .select([`binding.${column} as served`, 'agents.availability_zone as zone'])
      .where(`binding.${column}`, 'in', ids.slice(from, from + part))
      .where('agents.availability_zone', 'is not', null)
      .distinct()
      .orderBy('zone')
      .execute();
    for (const { served, zone } of found as { served: string; zone: string }[])
      zones.set(served, [...(zones.get(served) ?? []), zone]);
  }
  return zones;
}
