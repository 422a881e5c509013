// The image records and their data files: the only place that writes either.
import { createHash, randomUUID } from 'node:crypto';
import { createReadStream, createWriteStream, mkdirSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { sql, type Kysely } from 'kysely';
import type { RequestContext } from '../model/context.ts';
import {
  forbidden,
  ImageFailure,
  maySee,
  notFound,
  toColumns,
  type ImageInput,
  type ImageRow,
} from './image.ts';

export interface ImageTables {
  images: ImageRow;
}

/** What the API and the seeding do with images. All throw ImageFailure for what the caller did wrong. */
export interface Catalog {
  list(caller: RequestContext): Promise<ImageRow[]>;
  get(id: string, caller: RequestContext): Promise<ImageRow>;
  create(input: ImageInput, caller: RequestContext): Promise<ImageRow>;
  update(id: string, columns: Partial<ImageRow>, caller: RequestContext): Promise<ImageRow>;
  delete(id: string, caller: RequestContext): Promise<void>;
  /** Stores the data of a queued image and makes it active; a broken upload leaves it queued. */
  upload(id: string, data: Readable, caller: RequestContext): Promise<void>;
  /** The data of an active image, undefined while there is none. */
  download(id: string, caller: RequestContext): Promise<Readable | undefined>;
}

const now = () => new Date().toISOString().replace(/\.\d+Z$/, 'Z');

/** Makes the table where it is missing; `folder` holds one data file per image, named by its id. */
export async function openCatalog(database: Kysely<ImageTables>, folder: string): Promise<Catalog> {
  mkdirSync(folder, { recursive: true });
  await sql`CREATE TABLE IF NOT EXISTS images (id TEXT PRIMARY KEY, name TEXT, status TEXT NOT NULL, owner TEXT NOT NULL,
    visibility TEXT NOT NULL, container_format TEXT, disk_format TEXT, min_disk INTEGER NOT NULL, min_ram INTEGER NOT NULL,
    protected INTEGER NOT NULL, os_hidden INTEGER NOT NULL, size INTEGER, checksum TEXT, os_hash_value TEXT,
    tags TEXT NOT NULL, properties TEXT NOT NULL, created_at TEXT NOT NULL, updated_at TEXT NOT NULL) STRICT`.execute(
    database,
  );
  // an upload cut off by the end of the daemon left no data: the image waits for it again
  await database.updateTable('images').set({ status: 'queued' }).where('status', '=', 'saving').execute();

  const find = (id: string) =>
    database.selectFrom('images').selectAll().where('id', '=', id).executeTakeFirst();
  const fileOf = (id: string) => join(folder, id);

  async function get(id: string, caller: RequestContext): Promise<ImageRow> {
    const row = await find(id);
    if (row === undefined || !maySee(row, caller)) throw notFound(id);
    return row;
  }

  async function getOwn(id: string, caller: RequestContext): Promise<ImageRow> {
    const row = await get(id, caller);
    if (!caller.is_admin && row.owner !== caller.project_id)
      throw forbidden('You are not permitted to modify this image.');
    return row;
  }

  function checkVisibility(
    { visibility }: { visibility?: string | undefined },
    caller: RequestContext,
  ): void {
    if (visibility === 'public' && !caller.is_admin)
      throw forbidden('You are not authorized to complete publicize_image action.');
  }

  async function set(id: string, columns: Partial<ImageRow>): Promise<void> {
    await database
      .updateTable('images')
      .set({ ...columns, updated_at: now() })
      .where('id', '=', id)
      .execute();
  }

  return {
    get,
    list: async (caller) => {
      const rows = await database
        .selectFrom('images')
        .selectAll()
        .orderBy('created_at', 'desc')
        .orderBy('id', 'desc')
        .execute();
      return rows.filter((row) => maySee(row, caller));
    },
    create: async (input, caller) => {
      checkVisibility(input, caller);
      const id = input.id ?? randomUUID();
      if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(id))
        throw new ImageFailure(400, 'Bad Request', `Invalid image id format: '${id}' is not a UUID.`);
      if ((await find(id)) !== undefined)
        throw new ImageFailure(409, 'Conflict', `Image ID ${id} already exists!`);
      const time = now();
      await database
        .insertInto('images')
        .values({
          ...{ name: null, container_format: null, disk_format: null, min_disk: 0, min_ram: 0, tags: '[]' },
          ...{ visibility: 'shared', protected: 0, os_hidden: 0, properties: '{}' },
          ...toColumns(input),
          ...{ id, status: 'queued', owner: caller.project_id, created_at: time, updated_at: time },
          ...{ size: null, checksum: null, os_hash_value: null },
        })
        .execute();
      return get(id, caller);
    },
    update: async (id, columns, caller) => {
      await getOwn(id, caller);
      checkVisibility(columns, caller);
      await set(id, columns);
      return get(id, caller);
    },
    delete: async (id, caller) => {
      const row = await getOwn(id, caller);
      if (row.protected === 1)
        throw forbidden(`Image ${id} is protected and cannot be deleted. Set protected to false first.`);
      await database.deleteFrom('images').where('id', '=', id).execute();
      await rm(fileOf(id), { force: true });
    },
    upload: async (id, data, caller) => {
      const row = await getOwn(id, caller);
      const { numUpdatedRows } = await database
        .updateTable('images')
        .set({ status: 'saving' })
        .where('id', '=', id)
        .where('status', '=', 'queued')
        .executeTakeFirst();
      if (numUpdatedRows === 0n)
        throw new ImageFailure(
          409,
          'Conflict',
          `Image status transition from ${row.status} to saving is not allowed`,
        );
      const partial = `${fileOf(id)}.part`;
      try {
        const sums = await writeMeasured(data, partial);
        await rename(partial, fileOf(id));
        await set(id, { ...sums, status: 'active' });
      } catch (error) {
        await rm(partial, { force: true });
        await set(id, { status: 'queued' });
        throw error;
      }
    },
    download: async (id, caller) => {
      const row = await get(id, caller);
      return row.status === 'active' ? createReadStream(fileOf(id)) : undefined;
    },
  };
}

/** Writes a stream to a file and measures it on the way. */
async function writeMeasured(data: Readable, path: string) {
  const md5 = createHash('md5');
  const sha512 = createHash('sha512');
  let size = 0;
  const measure = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      md5.update(chunk);
      sha512.update(chunk);
      size += chunk.length;
      done(null, chunk);
    },
  });
  await pipeline(data, measure, createWriteStream(path));
  return { size, checksum: md5.digest('hex'), os_hash_value: sha512.digest('hex') };
}
