// An image record: what the table holds, what the API shows, what a client may set (Image API v2).
import { z } from 'zod';
import type { RequestContext } from '../model/context.ts';

export type ImageStatus = 'queued' | 'saving' | 'active';

/** One row of the table `images`; lists and free properties are JSON texts. */
export interface ImageRow {
  id: string;
  name: string | null;
  status: ImageStatus;
  owner: string;
  visibility: string;
  container_format: string | null;
  disk_format: string | null;
  min_disk: number;
  min_ram: number;
  protected: number;
  os_hidden: number;
  size: number | null;
  checksum: string | null;
  os_hash_value: string | null;
  tags: string;
  properties: string;
  created_at: string;
  updated_at: string;
}

const containerFormats = ['ami', 'ari', 'aki', 'bare', 'ovf', 'ova', 'docker', 'compressed'] as const;
const diskFormats = [
  'ami',
  'ari',
  'aki',
  'vhd',
  'vhdx',
  'vmdk',
  'raw',
  'qcow2',
  'vdi',
  'iso',
  'ploop',
  'tar',
] as const;

/** What a client may set; any other string attribute is a free property. */
export const settable = z
  .object({
    name: z.string().max(255).nullable().optional(),
    visibility: z.enum(['public', 'private', 'shared', 'community']).optional(),
    container_format: z.enum(containerFormats).nullable().optional(),
    disk_format: z.enum(diskFormats).nullable().optional(),
    min_disk: z.int().min(0).optional(),
    min_ram: z.int().min(0).optional(),
    protected: z.boolean().optional(),
    os_hidden: z.boolean().optional(),
    tags: z.array(z.string().max(255)).optional(),
  })
  .catchall(z.string());

export type ImageInput = z.infer<typeof settable>;

const readOnly = new Set(
  'status size checksum os_hash_algo os_hash_value owner created_at updated_at virtual_size schema self file direct_url'.split(
    ' ',
  ),
);
const own = new Set(Object.keys(settable.shape));

/** A refusal with the status and sentence that the answer carries. */
export class ImageFailure extends Error {
  readonly status: number;
  readonly type: string;
  constructor(status: number, type: string, message: string) {
    super(message);
    this.status = status;
    this.type = type;
  }
}

export const notFound = (id: string) => new ImageFailure(404, 'Not Found', `No image found with ID ${id}`);
export const forbidden = (message: string) => new ImageFailure(403, 'Forbidden', message);

/** Checks attributes sent by a client; 403 for read-only ones, 400 with the attribute's name for bad values. */
export function parseInput(body: unknown): ImageInput {
  if (typeof body !== 'object' || body === null || Array.isArray(body))
    throw new ImageFailure(400, 'Bad Request', 'Expected a JSON object with the attributes of the image.');
  for (const name of Object.keys(body)) {
    if (readOnly.has(name)) throw forbidden(`Attribute '${name}' is read-only.`);
  }
  const result = settable.safeParse(body);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const where = issue?.path.join('.') ?? '';
  throw new ImageFailure(
    400,
    'Bad Request',
    `Provided object does not match schema 'image': ${where}: ${issue?.message ?? 'invalid'}`,
  );
}

/** Columns for attributes that were checked by `parseInput`; absent attributes leave their columns alone. */
export function toColumns(input: ImageInput, before?: ImageRow): Partial<ImageRow> {
  const free = Object.entries(input).filter(([name]) => !own.has(name) && name !== 'id');
  const properties = { ...(before === undefined ? {} : freeProperties(before)), ...Object.fromEntries(free) };
  const { name, visibility, container_format, disk_format, min_disk, min_ram, tags } = input;
  return {
    ...definedOnly({ name, visibility, container_format, disk_format, min_disk, min_ram }),
    ...(input.protected === undefined ? {} : { protected: Number(input.protected) }),
    ...(input.os_hidden === undefined ? {} : { os_hidden: Number(input.os_hidden) }),
    ...(tags === undefined ? {} : { tags: JSON.stringify([...new Set(tags)]) }),
    properties: JSON.stringify(properties),
  };
}

export const freeProperties = (row: ImageRow) => JSON.parse(row.properties) as Record<string, string>;

/** The image as the API shows it. */
export function show(row: ImageRow): Record<string, unknown> {
  const { properties: _properties, tags, ...columns } = row;
  return {
    ...freeProperties(row),
    ...columns,
    protected: row.protected === 1,
    os_hidden: row.os_hidden === 1,
    os_hash_algo: row.os_hash_value === null ? null : 'sha512',
    virtual_size: null,
    tags: JSON.parse(tags) as string[],
    self: `/v2/images/${row.id}`,
    file: `/v2/images/${row.id}/file`,
    schema: '/v2/schemas/image',
  };
}

/** Whether the caller may see the image: its own, public and community ones; an administrator all. */
export const maySee = (row: ImageRow, caller: RequestContext) =>
  caller.is_admin || row.owner === caller.project_id || ['public', 'community'].includes(row.visibility);

function definedOnly<T extends Record<string, unknown>>(
  values: T,
): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as never;
}
