// Attributes of an image: what clients may set, how it is checked, how an image is shown.
import { badRequest } from './errors.ts';
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
const amount: Check = (value, name) =>
  Number.isInteger(value) && (value as number) >= 0 ? value : refuse(name, value, 'a number from 0 on');
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

/** The attributes that clients set. */
const settable: Record<string, Check> = {
  name: text,
  visibility: oneOf(['public', 'private', 'shared', 'community']),
  disk_format: oneOf(diskFormats, true),
  container_format: oneOf(containerFormats, true),
  min_disk: amount,
  min_ram: amount,
  protected: flag,
  os_hidden: flag,
  owner: text,
  tags,
};

const readOnly = new Set(
  'status created_at updated_at size virtual_size checksum os_hash_algo os_hash_value self file schema'.split(
    ' ',
  ),
);

/** Sorts the attributes of a create into columns and properties. Throws 400, and 403 for what is read-only. */
export function readAttributes(body: Body): { columns: Partial<ImageRow>; properties: Body } {
  const columns: Body = {};
  const properties: Body = {};
  for (const [name, value] of Object.entries(body)) {
    if (name === 'id') continue;
    if (readOnly.has(name)) throw badRequest(`Attribute '${name}' is read-only.`);
    const check = settable[name];
    if (check !== undefined) columns[name] = check(value, name);
    else if (typeof value !== 'string') refuse(name, value, 'a string');
    else properties[name] = value;
  }
  return { columns, properties };
}

/** Applies a JSON patch of one level (add, replace, remove) to an image. */
export function patchAttributes(row: ImageRow, patch: unknown): Partial<ImageRow> {
  if (!Array.isArray(patch)) throw badRequest('Request body must be a JSON array of operation objects.');
  let changes: Partial<ImageRow> = {};
  let properties = { ...row.properties };
  for (const step of patch as Body[]) {
    const op = String(step?.op);
    const name = /^\/([^/]+)$/.exec(String(step?.path))?.[1]?.replaceAll('~1', '/').replaceAll('~0', '~');
    if (name === undefined || !['add', 'replace', 'remove'].includes(op))
      throw badRequest(`Unable to apply the operation ${JSON.stringify(step)}.`);
    if (op === 'remove') {
      if (settable[name] !== undefined) throw badRequest(`Attribute '${name}' cannot be removed.`);
      properties = Object.fromEntries(Object.entries(properties).filter(([key]) => key !== name));
    } else {
      const read = readAttributes({ [name]: step.value });
      changes = { ...changes, ...read.columns };
      properties = { ...properties, ...read.properties };
    }
  }
  return { ...changes, properties };
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
    ['id', ...Object.keys(settable), ...readOnly].map((name) => [
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
