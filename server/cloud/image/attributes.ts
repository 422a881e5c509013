// Attributes of an image: what clients may set, how it is checked, how an image is shown.
import { badRequest, conflict, forbidden } from './errors.ts';
import type { ImageRow } from './tables.ts';

type Body = Record<string, unknown>;

const diskFormats = ['ami', 'ari', 'aki', 'vhd', 'vhdx', 'vmdk', 'raw', 'qcow2', 'vdi', 'ploop', 'iso'];
const containerFormats = ['ami', 'ari', 'aki', 'bare', 'ovf', 'ova', 'docker', 'compressed'];

type Check = (value: unknown, name: string) => unknown;

const refuse = (name: string, value: unknown, expected: string): never => {
  throw badRequest(
    `Provided object does not match schema 'image': ${JSON.stringify(value)} of ${name} is not ${expected}`,
  );
};
const text: Check = (value, name) =>
  value === null || (typeof value === 'string' && value.length <= 255)
    ? value
    : refuse(name, value, 'a string of at most 255 characters');
const project: Check = (value, name) =>
  typeof value === 'string' && value.length <= 255 ? value : refuse(name, value, 'the id of a project');
/** What a column of Glance's database takes. */
const mostAmount = 2 ** 31 - 1;
const amount: Check = (value, name) =>
  Number.isInteger(value) && (value as number) >= 0 && (value as number) <= mostAmount
    ? value
    : refuse(name, value, `a number from 0 to ${mostAmount}`);
const flag: Check = (value, name) =>
  typeof value === 'boolean' ? value : refuse(name, value, 'true or false');
const oneOf =
  (values: readonly string[], nullable = false): Check =>
  (value, name) =>
    values.includes(value as string) || (nullable && value === null)
      ? value
      : refuse(name, value, `one of ${values.join(', ')}`);
const tags: Check = (value, name) =>
  Array.isArray(value) && value.every((tag) => typeof tag === 'string' && tag.length <= 255)
    ? [...new Set(value)]
    : refuse(name, value, 'a list of tags');

/** The attributes that clients set; a map, since clients' names include those that every object has. */
const settable = new Map<string, Check>(
  Object.entries({
    name: text,
    visibility: oneOf(['public', 'private', 'shared', 'community']),
    disk_format: oneOf(diskFormats, true),
    container_format: oneOf(containerFormats, true),
    min_disk: amount,
    min_ram: amount,
    protected: flag,
    os_hidden: flag,
    owner: project,
    tags,
  }),
);

const readOnly = new Set(
  'id status created_at updated_at size virtual_size checksum os_hash_algo os_hash_value self file schema'.split(
    ' ',
  ),
);

const mostNameLength = 255;

/**
 * Sorts attributes into columns and properties. Throws 400 for a value that does not fit, and 403 for what is read-only;
 * a create takes the id apart before.
 */
export function readAttributes(body: Body): { columns: Partial<ImageRow>; properties: Body } {
  const columns: Body = {};
  const properties: [string, string][] = [];
  for (const [name, value] of Object.entries(body)) {
    mustBeWritable(name);
    const check = settable.get(name);
    if (check !== undefined) columns[name] = check(value, name);
    else if (name.length > mostNameLength)
      throw badRequest(`Provided object does not match schema 'image': ${name} is too long`);
    else if (typeof value !== 'string') refuse(name, value, 'a string');
    else properties.push([name, value]);
  }
  return { columns, properties: Object.fromEntries(properties) };
}

function mustBeWritable(name: string): void {
  if (readOnly.has(name)) throw forbidden(`Attribute '${name}' is read-only.`);
}

/**
 * What a JSON patch of one level (RFC 6902: add, replace, remove) changes of an image. Throws 400 for what is no such
 * patch, 403 for what may not be changed, and 409 for a property that is not there.
 */
export function patchAttributes(row: ImageRow, patch: unknown): Partial<ImageRow> {
  if (!Array.isArray(patch)) throw badRequest('Request body must be a JSON array of operation objects.');
  let columns: Partial<ImageRow> = {};
  const properties = new Map(Object.entries(row.properties));
  for (const step of patch as unknown[]) {
    const { op, name, value } = readStep(step);
    mustBeWritable(name);
    if (op !== 'add' && !settable.has(name) && !properties.has(name))
      throw conflict(`Property ${name} does not exist.`);
    if (op === 'remove') {
      if (settable.has(name)) throw forbidden(`Property ${name} may not be removed.`);
      properties.delete(name);
      continue;
    }
    const read = readAttributes(Object.fromEntries([[name, value]]));
    columns = { ...columns, ...read.columns };
    for (const [key, text] of Object.entries(read.properties)) properties.set(key, text);
  }
  return { ...columns, properties: Object.fromEntries(properties) };
}

function readStep(step: unknown): { op: 'add' | 'replace' | 'remove'; name: string; value: unknown } {
  const { op, path, value } = (typeof step === 'object' && step !== null ? step : {}) as Body;
  const name = typeof path === 'string' ? /^\/([^/]+)$/.exec(path)?.[1] : undefined;
  if (name === undefined || (op !== 'add' && op !== 'replace' && op !== 'remove'))
    throw badRequest(`Unable to apply the operation ${JSON.stringify(step)}.`);
  return { op, name: name.replaceAll('~1', '/').replaceAll('~0', '~'), value };
}

/** An image as answers have it. */
export function viewImage(row: ImageRow): Body {
  const { properties, os_hash_value, ...own } = row;
  return {
    ...properties,
    ...own,
    virtual_size: null,
    os_hash_algo: os_hash_value === null ? null : 'sha512',
    os_hash_value,
    self: `/v2/images/${row.id}`,
    file: `/v2/images/${row.id}/file`,
    schema: '/v2/schemas/image',
  };
}

/** The schema of one image, from the same table of attributes. */
export const imageSchemaDocument = {
  name: 'image',
  properties: Object.fromEntries(
    [...settable.keys(), ...readOnly].map((name) => [
      name,
      { description: name.replaceAll('_', ' '), readOnly: readOnly.has(name) },
    ]),
  ),
  additionalProperties: { type: 'string' },
  links: [
    { href: '{self}', rel: 'self' },
    { href: '{file}', rel: 'enclosure' },
    { href: '{schema}', rel: 'describedby' },
  ],
};
