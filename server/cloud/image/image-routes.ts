// /v2/images: descriptions, data and tags.
import { randomUUID } from 'node:crypto';
import type { Express, Request, RequestHandler, Response } from 'express';
import type { RequestContext } from '../model/context.ts';
import type { Rows } from '../store/rows.ts';
import type { Store } from '../store/store.ts';
import { patchAttributes, readAttributes, viewImage } from './attributes.ts';
import { badRequest, conflict, forbidden, noImage, tooLarge } from './errors.ts';
import type { Files } from './files.ts';
import { images, type ImageRow } from './tables.ts';

export interface ImageService {
  store: Store;
  files: Files;
}

/** `2026-01-31T12:00:00Z` */
export const imageTime = () => `${new Date().toISOString().slice(0, 19)}Z`;

const callerOf = (res: Response) => res.locals.context as RequestContext;

const maySee = ({ is_admin, project_id }: RequestContext, { owner, visibility }: ImageRow) =>
  is_admin || owner === project_id || visibility === 'public' || visibility === 'community';

/** The image of an id, for somebody who may see it. */
async function visibleImage(rows: Rows, res: Response, id: string): Promise<ImageRow> {
  const row = await rows.find(images, { id });
  if (row === undefined || !maySee(callerOf(res), row)) throw noImage(id);
  return row;
}

/** The same for somebody who may change it. */
async function ownImage(rows: Rows, res: Response, id: string): Promise<ImageRow> {
  const row = await visibleImage(rows, res, id);
  const { is_admin, project_id } = callerOf(res);
  if (!is_admin && row.owner !== project_id) throw forbidden('You are not permitted to modify this image.');
  return row;
}

function mustMayPublish(res: Response, changes: Partial<ImageRow>): void {
  const { is_admin, project_id } = callerOf(res);
  if (is_admin) return;
  if (changes.visibility === 'public')
    throw forbidden('You are not authorized to complete publicize_image action.');
  if (changes.owner !== undefined && changes.owner !== project_id)
    throw forbidden("You are not permitted to set the owner to another project's id.");
}

/** Adds the routes behind `signedIn`. */
export function addImageRoutes(app: Express, service: ImageService, signedIn: RequestHandler): void {
  const { store, files } = service;

  app.get('/v2/images', signedIn, async (req, res) => {
    const caller = callerOf(res);
    const query = readQuery(req.query);
    const { name, status, visibility, owner, id, tag } = query;
    const where = { name, status, visibility, owner, id } as Partial<ImageRow>;
    const orderBy = [{ column: 'created_at', descending: true }, { column: 'id' }];
    const rows = (await store.read.all(images, where, { orderBy }))
      .filter((row) => maySee(caller, row) && (!row.os_hidden || query.os_hidden === 'true'))
      .filter((row) => row.visibility !== 'community' || row.owner === caller.project_id || visibility)
      .filter((row) => tag === undefined || row.tags.includes(tag));
    const { page, next } = pageOf(rows, query);
    res.json({
      images: page.map(viewImage),
      first: '/v2/images',
      ...(next !== undefined && { next: `/v2/images?marker=${next}&limit=${page.length}` }),
      schema: '/v2/schemas/images',
    });
  });

  app.post('/v2/images', signedIn, async (req, res) => {
    const body = req.body as Record<string, unknown> | undefined;
    if (typeof body !== 'object' || body === null || Array.isArray(body))
      throw badRequest('Request body must be a JSON object.');
    const { id = randomUUID(), ...attributes } = body;
    if (typeof id !== 'string' || !/^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$/.test(id))
      throw badRequest('Invalid image id format');
    const { columns, properties } = readAttributes(attributes);
    mustMayPublish(res, columns);
    const row: ImageRow = { ...emptyImage(id, callerOf(res).project_id), ...columns, properties };
    await store.transaction(async (rows) => {
      if ((await rows.find(images, { id })) !== undefined) throw conflict(`Image ID ${id} already exists!`);
      await rows.insert(images, row);
    });
    res
      .status(201)
      .location(`${req.protocol}://${req.get('host')}/v2/images/${id}`)
      .json(viewImage(row));
  });

  app.get('/v2/images/:id', signedIn, async (req, res) => {
    res.json(viewImage(await visibleImage(store.read, res, String(req.params.id))));
  });

  app.patch('/v2/images/:id', signedIn, async (req, res) => {
    // read within: of two patches at once neither may take back what the other did
    const changed = await store.transaction(async (rows) => {
      const row = await ownImage(rows, res, String(req.params.id));
      const changes = { ...patchAttributes(row, req.body), updated_at: imageTime() };
      mustMayPublish(res, changes);
      await rows.update(images, { id: row.id }, changes);
      return { ...row, ...changes };
    });
    res.json(viewImage(changed));
  });

  app.delete('/v2/images/:id', signedIn, async (req, res) => {
    const row = await ownImage(store.read, res, String(req.params.id));
    if (row.protected) throw forbidden(`Image ${row.id} is protected and cannot be deleted.`);
    await store.read.remove(images, { id: row.id });
    await files.remove(row.id);
    res.status(204).end();
  });

  app.put('/v2/images/:id/file', signedIn, async (req, res) => {
    const { id } = await ownImage(store.read, res, String(req.params.id));
    const begun = await store.read.update(images, { id, status: 'queued' }, { status: 'saving' });
    if (begun === 0) throw conflict(`Image status transition to saving is not allowed: ${id} has its data.`);
    try {
      const measured = await files.write(id, req);
      const changes = { ...measured, status: 'active' as const, updated_at: imageTime() };
      if ((await store.read.update(images, { id }, changes)) === 0) await files.remove(id);
    } catch (error) {
      await store.read.update(images, { id, status: 'saving' }, { status: 'queued' });
      if ((error as { code?: string }).code === 'ENOSPC')
        throw tooLarge('Image storage media is full: there is not enough disk space.');
      throw error;
    }
    res.status(204).end();
  });

  app.get('/v2/images/:id/file', signedIn, async (req, res, next) => {
    const row = await visibleImage(store.read, res, String(req.params.id));
    if (row.status !== 'active') return void res.status(204).end();
    res.set({
      'content-type': 'application/octet-stream',
      'content-length': String(row.size),
      'content-md5': row.checksum ?? '',
    });
    files.read(row.id).on('error', next).pipe(res);
  });

  for (const method of ['put', 'delete'] as const)
    app[method]('/v2/images/:id/tags/:tag', signedIn, async (req, res) => {
      const tag = String(req.params.tag);
      await store.transaction(async (rows) => {
        const row = await ownImage(rows, res, String(req.params.id));
        const others = row.tags.filter((other) => other !== tag);
        if (method === 'delete' && others.length === row.tags.length)
          throw noImage(`${row.id} with tag ${tag}`);
        const { tags } = readAttributes({ tags: method === 'put' ? [...others, tag] : others }).columns;
        await rows.update(images, { id: row.id }, { tags, updated_at: imageTime() });
      });
      res.status(204).end();
    });
}

/** The words of a query. Throws 400 where one is given several times. */
function readQuery(query: Request['query']): Record<string, string | undefined> {
  const twice = Object.entries(query).find(([, value]) => typeof value !== 'string');
  if (twice !== undefined) throw badRequest(`Invalid filter value: '${twice[0]}' is given more than once`);
  return query as Record<string, string>;
}

/** A part of the rows: `limit` of them after the one with the id `marker`. */
function pageOf(
  rows: ImageRow[],
  { limit, marker }: Record<string, string | undefined>,
): { page: ImageRow[]; next?: string } {
  const after = marker === undefined ? 0 : rows.findIndex(({ id }) => id === marker) + 1;
  if (marker !== undefined && after === 0) throw badRequest('Invalid marker. Image could not be found.');
  if (limit !== undefined && !/^\d+$/.test(limit)) throw badRequest('limit param must be an integer');
  const size = limit === undefined ? 1000 : Math.min(Number(limit), 1000);
  const page = rows.slice(after, after + size);
  const last = page.at(-1);
  return last !== undefined && after + size < rows.length ? { page, next: last.id } : { page };
}

/** An image without data or attributes. */
export function emptyImage(id: string, owner: string): ImageRow {
  const now = imageTime();
  return {
    id,
    name: null,
    status: 'queued',
    visibility: 'shared',
    owner,
    disk_format: null,
    container_format: null,
    size: null,
    checksum: null,
    os_hash_value: null,
    min_disk: 0,
    min_ram: 0,
    protected: false,
    os_hidden: false,
    tags: [],
    properties: {},
    created_at: now,
    updated_at: now,
  };
}
