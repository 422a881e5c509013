// The Image API as an express application, and the images that come with the cloud.
import { randomUUID } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Express, RequestHandler } from 'express';
import { createApp } from '../../lib/http.ts';
import type { Logger } from '../../lib/log.ts';
import { openStore } from '../store/store.ts';
import { imageSchemaDocument } from './attributes.ts';
import { renderImageError } from './errors.ts';
import { openFiles } from './files.ts';
import { addImageRoutes, emptyImage, type ImageService } from './image-routes.ts';
import { images, imageSchema, seeds } from './tables.ts';

/** Opens database and folder, and takes back uploads that ended with the process before. */
export async function openImages(connection: string, folder: string): Promise<ImageService> {
  const store = await openStore(connection, imageSchema);
  await store.read.update(images, { status: 'saving' }, { status: 'queued' });
  return { store, files: await openFiles(folder) };
}

/** Makes a public image of every `NAME.tar` in a folder, once; a folder that is not there has none. */
export async function seedImages({ store, files }: ImageService, folder: string, log: Logger): Promise<void> {
  const names = await readdir(folder).catch(() => []);
  for (const file of names.filter((name) => name.endsWith('.tar')).sort()) {
    if ((await store.read.find(seeds, { file })) !== undefined) continue;
    const id = randomUUID();
    const measured = await files.adopt(id, join(folder, file));
    await store.transaction(async (rows) => {
      await rows.insert(images, {
        ...emptyImage(id, ''),
        ...measured,
        name: file.slice(0, -'.tar'.length),
        status: 'active',
        visibility: 'public',
        disk_format: 'raw',
        container_format: 'bare',
      });
      await rows.insert(seeds, { file });
    });
    log.info(`Image ${id} made of ${file}`);
  }
}

/** The API; `authenticate` leaves the caller in `res.locals.context` or answers 401. */
export function createImageApp(service: ImageService, authenticate: RequestHandler, log: Logger): Express {
  return createApp({
    log,
    renderError: renderImageError,
    routes(app) {
      const version = (base: string) => ({
        id: 'v2.2',
        status: 'CURRENT',
        links: [{ rel: 'self', href: `${base}/v2/` }],
      });
      for (const path of ['/', '/versions'])
        app.get(path, (req, res) => {
          const base = `${req.protocol}://${req.get('host') ?? 'localhost'}`;
          res.status(path === '/' ? 300 : 200).json({ versions: [version(base)] });
        });
      app.get('/v2/schemas/image', authenticate, (_req, res) => void res.json(imageSchemaDocument));
      app.get('/v2/schemas/images', authenticate, (_req, res) => {
        const list = { type: 'array', items: imageSchemaDocument };
        res.json({ name: 'images', properties: { images: list, schema: { type: 'string' } } });
      });
      addImageRoutes(app, service, authenticate);
    },
  });
}
