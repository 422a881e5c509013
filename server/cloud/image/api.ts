// The Image API v2 over HTTP: discovery, images, their data and tags.
import express, { type Express, type RequestHandler, type Response } from 'express';
import { createApp } from '../../lib/http.ts';
import type { Logger } from '../../lib/log.ts';
import type { RequestContext } from '../model/context.ts';
import type { Catalog } from './catalog.ts';
import { ImageFailure, parseInput, settable, show, type ImageRow } from './image.ts';
import { patchColumns } from './patch.ts';

const caller = (res: Response) => res.locals.context as RequestContext;
const most = 1000;

/** The application behind port 9292; `authenticate` guards everything but discovery. */
export function createImageApp({
  catalog,
  authenticate,
  log,
}: {
  catalog: Catalog;
  authenticate: RequestHandler;
  log: Logger;
}): Express {
  return createApp({
    log,
    renderError: ({ status, type, message }) => ({ error: { code: status, title: type, message } }),
    routes: (app) => {
      app.get(['/', '/versions'], (req, res) => {
        const href = `${req.protocol}://${req.get('host')}/v2/`;
        res
          .status(300)
          .json({ versions: [{ id: 'v2.9', status: 'CURRENT', links: [{ rel: 'self', href }] }] });
      });
      const v2 = express.Router({ mergeParams: true });
      addImages(v2, catalog);
      addData(v2, catalog);
      v2.get('/schemas/image', (_req, res) => void res.json({ name: 'image', properties: schemaProperties }));
      v2.get(
        '/schemas/images',
        (_req, res) => void res.json({ name: 'images', properties: { images: { type: 'array' } } }),
      );
      app.use('/v2', authenticate, v2);
    },
  });
}

const schemaProperties = Object.fromEntries(
  [
    'id',
    'status',
    'owner',
    'size',
    'checksum',
    'created_at',
    'updated_at',
    ...Object.keys(settable.shape),
  ].map((name) => [name, {}]),
);

function addImages(v2: express.Router, catalog: Catalog): void {
  v2.get('/images', async (req, res) => {
    const query = new URL(req.originalUrl, 'http://localhost').searchParams;
    const rows = filtered(await catalog.list(caller(res)), query);
    const from = markerIndex(rows, query.get('marker'));
    const limit = Math.min(Number(query.get('limit') ?? most) || most, most);
    const page = rows.slice(from, from + limit);
    const next =
      from + limit < rows.length ? { next: `/v2/images?limit=${limit}&marker=${page.at(-1)?.id}` } : {};
    res.json({ images: page.map(show), first: '/v2/images', schema: '/v2/schemas/images', ...next });
  });
  v2.post('/images', async (req, res) => {
    const row = await catalog.create(parseInput(req.body), caller(res));
    res.status(201).location(`/v2/images/${row.id}`).json(show(row));
  });
  v2.get(
    '/images/:id',
    async (req, res) => void res.json(show(await catalog.get(req.params.id, caller(res)))),
  );
  v2.patch('/images/:id', async (req, res) => {
    const row = await catalog.get(req.params.id, caller(res));
    res.json(show(await catalog.update(row.id, patchColumns(row, req.body), caller(res))));
  });
  v2.delete('/images/:id', async (req, res) => {
    await catalog.delete(req.params.id, caller(res));
    res.status(204).end();
  });
  const retag =
    (change: (tags: Set<string>, tag: string) => void): RequestHandler<{ id: string; tag: string }> =>
    async (req, res) => {
      const row = await catalog.get(req.params.id, caller(res));
      const tags = new Set(JSON.parse(row.tags) as string[]);
      change(tags, req.params.tag);
      await catalog.update(row.id, { tags: JSON.stringify([...tags]) }, caller(res));
      res.status(204).end();
    };
  v2.put(
    '/images/:id/tags/:tag',
    retag((tags, tag) => tags.add(tag)),
  );
  v2.delete(
    '/images/:id/tags/:tag',
    retag((tags, tag) => {
      if (!tags.delete(tag)) throw new ImageFailure(404, 'Not Found', `The tag ${tag} could not be found.`);
    }),
  );
}

function addData(v2: express.Router, catalog: Catalog): void {
  v2.put('/images/:id/file', async (req, res) => {
    if (!req.is('application/octet-stream'))
      throw new ImageFailure(415, 'Unsupported Media Type', 'Send the data as application/octet-stream.');
    await catalog.upload(req.params.id, req, caller(res));
    res.status(204).end();
  });
  v2.get('/images/:id/file', async (req, res, next) => {
    const row = await catalog.get(req.params.id, caller(res));
    const data = await catalog.download(row.id, caller(res));
    if (data === undefined) return void res.status(204).end();
    res.setHeader('Content-Type', 'application/octet-stream');
    res.setHeader('Content-Length', row.size ?? 0);
    if (row.checksum !== null) res.setHeader('Content-MD5', row.checksum);
    data.once('error', next).pipe(res);
  });
}

const paging = new Set(['limit', 'marker', 'sort', 'sort_key', 'sort_dir', 'member_status']);

/** Equality on any shown attribute; several `tag` all have to be there. */
function filtered(rows: ImageRow[], query: URLSearchParams): ImageRow[] {
  const filters = [...query].filter(([name]) => !paging.has(name));
  return rows.filter((row) => {
    const shown = show(row);
    return filters.every(([name, value]) =>
      name === 'tag'
        ? (shown.tags as string[]).includes(value)
        : String(shown[name]) === value.replace(/^(True|False)$/, (v) => v.toLowerCase()),
    );
  });
}

function markerIndex(rows: ImageRow[], marker: string | null): number {
  if (marker === null) return 0;
  const index = rows.findIndex((row) => row.id === marker);
  if (index < 0)
    throw new ImageFailure(400, 'Bad Request', `Invalid marker: no image ${marker} in this list.`);
  return index + 1;
}
