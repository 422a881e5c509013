// Identity's collections as data: which attributes they have, how they are checked, found, kept and shown.
import { randomUUID } from 'node:crypto';
import type { Rows } from '../store/rows.ts';
import { UniqueConflict, type Store } from '../store/store.ts';
import type { Table } from '../store/table.ts';
import { badInput, conflict, notFound } from './errors.ts';
import * as tables from './tables.ts';

/** How one attribute is checked. */
export interface Attribute {
  type: 'string' | 'bool' | 'url';
  required?: true;
  nullable?: true;
  default?: unknown;
  maxLength?: number;
  /** May be empty. */
  canBeEmpty?: true;
  values?: readonly string[];
  /** The collection that must have the id. */
  ref?: () => Collection;
  /** False: not changed by an update. */
  update?: false;
}

interface AnyRow {
  id: string;
  extra: tables.Extra;
}

export interface Collection<Row extends AnyRow = AnyRow> {
  /** Key of one in a body. */
  name: string;
  plural: string;
  table: Table<Row>;
  attributes: Record<string, Attribute>;
  /** Attributes that live in `extra` and always have a value. */
  extras?: Record<string, unknown>;
  /** Clients may choose the id. */
  ownId?: true;
}

const name: Attribute = { type: 'string', required: true, maxLength: 255 };
const enabled: Attribute = { type: 'bool', default: true };
const domainOf: Attribute = {
  type: 'string',
  default: 'default',
  ref: () => domains,
  update: false,
};
const collection = <Row extends AnyRow>(declared: Collection<Row>): Collection =>
  declared as unknown as Collection;

export const domains = collection({
  name: 'domain',
  plural: 'domains',
  table: tables.domains,
  attributes: { name: { ...name, maxLength: 64 }, enabled },
  extras: { description: '' },
});
export const projects = collection({
  name: 'project',
  plural: 'projects',
  table: tables.projects,
  attributes: { name: { ...name, maxLength: 64 }, domain_id: domainOf, enabled },
  extras: { description: '', is_domain: false, tags: [], options: {} },
});
export const users = collection({
  name: 'user',
  plural: 'users',
  table: tables.users,
  attributes: {
    name,
    domain_id: domainOf,
    enabled,
    default_project_id: { type: 'string', nullable: true, default: null },
  },
  extras: { options: {} },
});
export const roles = collection({
  name: 'role',
  plural: 'roles',
  table: tables.roles,
  attributes: { name },
  extras: { domain_id: null, description: null, options: {} },
});
export const groups = collection({
  name: 'group',
  plural: 'groups',
  table: tables.groups,
  attributes: { name: { ...name, maxLength: 64 }, domain_id: domainOf },
  extras: { description: '' },
});
export const regions: Collection = collection({
  name: 'region',
  plural: 'regions',
  table: tables.regions,
  attributes: {
    parent_region_id: { type: 'string', nullable: true, default: null, ref: () => regions },
  },
  extras: { description: '' },
  ownId: true,
});
export const services = collection({
  name: 'service',
  plural: 'services',
  table: tables.services,
  attributes: {
    type: { type: 'string', required: true, maxLength: 255 },
    name: { type: 'string', default: '', canBeEmpty: true, maxLength: 255 },
    enabled,
  },
});
export const endpoints = collection({
  name: 'endpoint',
  plural: 'endpoints',
  table: tables.endpoints,
  attributes: {
    service_id: { type: 'string', required: true, ref: () => services },
    interface: { type: 'string', required: true, values: ['public', 'internal', 'admin'] },
    region_id: { type: 'string', nullable: true, default: null, ref: () => regions },
    url: { type: 'url', required: true },
    enabled,
    legacy_endpoint_id: { type: 'string', nullable: true, default: null, update: false },
  },
});

export const newId = () => randomUUID().replaceAll('-', '');

type Body = Record<string, unknown>;

/** The object below `key` of a request's body. */
export function bodyOf(body: unknown, key: string): Body {
  const found = (body as Body | undefined | null)?.[key];
  if (typeof found !== 'object' || found === null || Array.isArray(found))
    throw badInput(`Expecting to find ${key} in request body.`);
  return found as Body;
}

/** Checks the attributes of a body; what is not declared goes to `extra`. */
function parse(of: Collection, body: Body, isUpdate: boolean): { columns: Body; extra: tables.Extra } {
  const columns: Body = {};
  const extra: tables.Extra = {};
  for (const [key, value] of Object.entries(body)) {
    if (key === 'id' || key === 'links') continue;
    if (of.attributes[key] === undefined) extra[key] = value;
  }
  for (const [key, rule] of Object.entries(of.attributes)) {
    const given = Object.hasOwn(body, key);
    if (!given && isUpdate) continue;
    if (!given && rule.required) throw badInput(`'${key}' is a required property`);
    if (given && isUpdate && rule.update === false) continue;
    columns[key] = given ? check(key, rule, body[key]) : rule.default;
  }
  return { columns, extra };
}

function check(key: string, rule: Attribute, value: unknown): unknown {
  const refuse = (reason: string) => badInput(`Invalid input for field '${key}': ${reason}`);
  if (value === null && rule.nullable) return null;
  if (rule.type === 'bool') {
    if (typeof value !== 'boolean') throw refuse(`${JSON.stringify(value)} is not of type 'boolean'`);
    return value;
  }
  if (typeof value !== 'string') throw refuse(`${JSON.stringify(value)} is not of type 'string'`);
  if (value.trim() === '' && !rule.canBeEmpty) throw refuse(`'${value}' is too short`);
  if (rule.maxLength !== undefined && value.length > rule.maxLength) throw refuse(`'${value}' is too long`);
  if (rule.values !== undefined && !rule.values.includes(value))
    throw refuse(`'${value}' is not one of ${rule.values.join(', ')}`);
  if (rule.type === 'url' && !/^https?:\/\/\S+$/.test(value)) throw refuse(`'${value}' is not a URL`);
  return value;
}

async function checkReferences(rows: Rows, of: Collection, columns: Body): Promise<void> {
  for (const [key, rule] of Object.entries(of.attributes)) {
    const id = columns[key];
    if (rule.ref !== undefined && typeof id === 'string') await getRow(rows, rule.ref(), id);
  }
}

export async function getRow(rows: Rows, of: Collection, id: string): Promise<AnyRow & Body> {
  const row = await rows.find(of.table, { id });
  if (row === undefined) throw notFound(of.name, id);
  return row as AnyRow & Body;
}

type Stored = AnyRow & Body;

/**
 * Runs `work` in a transaction; it tells by `writing` what it is about to store. Where that has the name of another, 409
 * tells which name, and of a project also which id.
 */
async function storing(
  of: Collection,
  store: Store,
  work: (rows: Rows, writing: (row: Stored) => void) => Promise<Stored>,
): Promise<Stored> {
  let row: Stored | undefined;
  try {
    return await store.transaction((rows) => work(rows, (written) => (row = written)));
  } catch (error) {
    if (error instanceof UniqueConflict && row !== undefined) throw conflict(of.name, takenBy(of, row));
    throw error;
  }
}

/** Keystone's words for it. */
function takenBy({ name: kind }: Collection, { id, name, domain_id }: Stored): string {
  if (kind === 'project')
    return (
      'it is not permitted to have two projects with either the same name or same id in the same domain: ' +
      `name is ${String(name)}, project id ${String(id)}`
    );
  const found = name === undefined ? `ID ${String(id)}` : `name ${String(name)}`;
  const where = domain_id === undefined ? '' : ` at domain ID ${String(domain_id)}`;
  return `Duplicate entry found with ${found}${where}`;
}

/** Makes one; `more` are columns that no client sets. */
export function createRow(store: Store, of: Collection, body: Body, more: Body = {}): Promise<AnyRow & Body> {
  return storing(of, store, async (rows, writing) => {
    const { columns, extra } = parse(of, body, false);
    await checkReferences(rows, of, columns);
    const id = of.ownId && typeof body.id === 'string' && body.id !== '' ? body.id : newId();
    const row = { id, ...columns, ...more, extra: { ...of.extras, ...extra } };
    writing(row);
    await rows.insert(of.table, row);
    return row;
  });
}

/** Changes one: given attributes only. */
export function updateRow(
  store: Store,
  of: Collection,
  id: string,
  body: Body,
  more: Body = {},
): Promise<AnyRow & Body> {
  return storing(of, store, async (rows, writing) => {
    const row = await getRow(rows, of, id);
    const { columns, extra } = parse(of, body, true);
    await checkReferences(rows, of, columns);
    const changes = { ...columns, ...more, extra: { ...row.extra, ...extra } };
    const changed = { ...row, ...changes };
    writing(changed);
    await rows.update(of.table, { id }, changes);
    return changed;
  });
}

/** Rows that a query asks for: equality on attributes; `enabled` is false for `false` and `0`, else true. */
export function findRows(
  rows: Rows,
  of: Collection,
  query: Record<string, unknown>,
): Promise<(AnyRow & Body)[]> {
  const where: Body = {};
  for (const [key, rule] of Object.entries(of.attributes)) {
    const asked = query[key];
    if (typeof asked !== 'string') continue;
    where[key] = rule.type === 'bool' ? !/^(false|0|no)$/i.test(asked) : asked;
  }
  const orderBy = [{ column: 'id' }];
  return rows.all(of.table, where, { orderBy }) as Promise<(AnyRow & Body)[]>;
}
