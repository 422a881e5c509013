// Making, changing and deleting one row, with the resource's rules around it. Used by the routes and by other rules.
import { randomUUID } from 'node:crypto';
import type { Field, Resource } from '../../lib/resource.ts';
import type { Table } from '../store/table.ts';
import type { Item, Work } from './work.ts';

/** Makes a row from a parsed body; whoever calls has checked policy and quota. Gives the row as it was stored. */
export async function createRow(
  work: Work,
  resource: Resource,
  table: Table<Item>,
  body: Item,
): Promise<Item> {
  const rules = work.env.rules[resource.name]!;
  const id = randomUUID();
  const given = Object.fromEntries(
    Object.entries(body).filter(([name, value]) => value !== undefined && name in table.columns),
  );
  const owner: Item =
    'tenant_id' in table.columns ? { tenant_id: body.tenant_id ?? work.context.project_id } : {};
  const filled = { ...body, ...owner };
  const further = (await rules.beforeCreate?.(work, filled, id)) ?? {};
  const stamps: Item = { created_at: work.now, updated_at: work.now, revision_number: 0 };
  const known: Item = { ...stamps, ...given, ...owner, id, ...further };
  const row: Item = {};
  for (const name of Object.keys(table.columns)) {
    const value = known[name];
    row[name] = value === undefined ? emptyValue(resource.fields[name]!) : value;
  }
  await work.rows.insert(table, row);
  await rules.afterCreate?.(work, row, filled);
  return row;
}

function emptyValue(field: Field): unknown {
  if (field.nullable) return null;
  if (field.type === 'bool') return false;
  if (field.type === 'int') return 0;
  if (field.type === 'list') return [];
  return field.type === 'dict' ? {} : '';
}

/** Changes a row by parsed changes; gives the row as it is then. */
export async function updateRow(
  work: Work,
  resource: Resource,
  table: Table<Item>,
  before: Item,
  changes: Item,
): Promise<Item> {
  const rules = work.env.rules[resource.name]!;
  const further = (await rules.beforeUpdate?.(work, before, changes)) ?? {};
  const given = Object.fromEntries(
    Object.entries({ ...changes, ...further }).filter(
      ([name, value]) => name in table.columns && value !== undefined,
    ),
  );
  const row = { ...before, ...given, ...restamped(work, before) };
  await work.rows.update(table, { id: before.id }, { ...given, ...restamped(work, before) });
  await rules.afterUpdate?.(work, row, before, changes);
  return row;
}

/** The columns that every change moves, where the resource has them. */
export const restamped = (work: Work, row: Item): Item =>
  row.revision_number === undefined
    ? {}
    : { updated_at: work.now, revision_number: (row.revision_number as number) + 1 };

/** Deletes a row and what belongs to it. */
export async function deleteRow(
  work: Work,
  resource: Resource,
  table: Table<Item>,
  row: Item,
): Promise<void> {
  const rules = work.env.rules[resource.name]!;
  await rules.beforeDelete?.(work, row);
  await work.rows.remove(table, { id: row.id });
  await rules.afterDelete?.(work, row);
}
