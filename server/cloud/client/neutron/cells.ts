// How values of the Networking API look in tables where the API's own form would not be readable.
import type { Arguments } from '../command/arguments.ts';
import { pythonJson } from '../command/output.ts';
import type { Session } from '../session.ts';

type Row = Record<string, unknown>;

/** Turns rows of a list into what the table shows. */
export async function presentRows(session: Session, resourceName: string, rows: Row[]): Promise<Row[]> {
  switch (resourceName) {
    case 'network':
      return withSubnetCidrs(session, rows);
    case 'security_group_rule':
      return withGroupNames(session, rows);
    case 'agent':
      return rows.map(presentAgent);
    default:
      return rows;
  }
}

/** Fields of one resource as `show` prints them, by name in alphabetic order, for the format that the words ask for. */
export function presentOne(
  resourceName: string,
  row: Row,
  { options }: Pick<Arguments, 'options'> = { options: {} },
): [string, unknown][] {
  const isTable = (options.format ?? 'table') === 'table';
  const shown =
    resourceName === 'agent'
      ? presentAgent(row)
      : resourceName === 'policy' && isTable
        ? presentPolicy(row)
        : row;
  return Object.entries(shown).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
}

function presentAgent(row: Row): Row {
  const { alive, configurations } = row;
  return {
    ...row,
    ...('alive' in row && { alive: alive ? ':-)' : 'xxx' }),
    ...('configurations' in row && { configurations: indented(configurations) }),
  };
}

/** The rules of a policy, a line each. */
function presentPolicy(row: Row): Row {
  const rules = (row.rules ?? []) as { id: string; type: string }[];
  return { ...row, ...('rules' in row && { rules: rules.map(({ id, type }) => `${id} (type: ${type})`) }) };
}

/** JSON over several lines, keys five columns in. */
const indented = (value: unknown) =>
  typeof value === 'object' && value !== null ? JSON.stringify(value, null, 5) : pythonJson(value);

/** `<subnet id> <cidr>` for each subnet. */
async function withSubnetCidrs(session: Session, rows: Row[]): Promise<Row[]> {
  const ids = rows.flatMap(({ subnets }) => (Array.isArray(subnets) ? subnets.map(String) : []));
  const cidrs = new Map<string, string>();
  // addresses of requests have a limit; a hundred ids stay far below it
  for (let from = 0; from < ids.length; from += 100) {
    const { body } = await session.request<{ subnets: { id: string; cidr: string }[] }>('network', {
      method: 'GET',
      path: '/v2.0/subnets',
      query: { fields: ['id', 'cidr'], id: ids.slice(from, from + 100) },
    });
    for (const { id, cidr } of body.subnets) cidrs.set(id, cidr);
  }
  return rows.map((row) =>
    Array.isArray(row.subnets)
      ? { ...row, subnets: row.subnets.map((id) => `${String(id)} ${cidrs.get(String(id)) ?? ''}`) }
      : row,
  );
}

/** Groups by name: columns `security_group` and `remote_group`. */
async function withGroupNames(session: Session, rows: Row[]): Promise<Row[]> {
  if (rows.length === 0) return rows;
  const { body } = await session.request<{ security_groups: { id: string; name: string }[] }>('network', {
    method: 'GET',
    path: '/v2.0/security-groups',
    query: { fields: ['id', 'name'] },
  });
  const names = new Map(body.security_groups.map(({ id, name }) => [id, name]));
  const nameOf = (id: unknown) => (typeof id === 'string' ? (names.get(id) ?? id) : id);
  return rows.map((row) => ({
    ...row,
    ...('security_group_id' in row && { security_group: nameOf(row.security_group_id) }),
    ...('remote_group_id' in row && { remote_group: nameOf(row.remote_group_id) }),
  }));
}

/** Columns whose place is taken by a more readable one. */
export const readableColumn: Record<string, Record<string, string>> = {
  security_group_rule: { security_group_id: 'security_group', remote_group_id: 'remote_group' },
};
