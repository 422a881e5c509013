// /servers/ID/metadata: names and texts that a user keeps with an instance.
import type { Router } from 'express';
import { z } from 'zod';
import { instances } from '../store/compute-tables.ts';
import type { ComputeDeps } from './deps.ts';
import { badRequest, notFound } from './failure.ts';
import { parseBody } from './parse-body.ts';
import { callerOf, getInstance } from './servers.ts';

const items = z.record(z.string().min(1).max(255), z.string().max(255));
const metadataSchema = z.strictObject({ metadata: items });
const metaSchema = z.strictObject({ meta: items });

type Items = Record<string, string>;

export function addServerMetadata(router: Router, deps: ComputeDeps): void {
  const save = (id: string, metadata: Items) =>
    deps.store.read.update(instances, { id }, { metadata, updated_at: new Date().toISOString() });
  const itemOf = (metadata: Items, key: string): string => {
    if (!Object.hasOwn(metadata, key)) throw notFound('Metadata item was not found');
    return metadata[key]!;
  };

  router.get('/servers/:id/metadata', async (req, res) => {
    res.json({ metadata: (await getInstance(deps, req.params.id, callerOf(res))).metadata });
  });
  router.post('/servers/:id/metadata', async (req, res) => {
    const row = await getInstance(deps, req.params.id, callerOf(res));
    const metadata = { ...row.metadata, ...parseBody(metadataSchema, req.body).metadata };
    await save(row.id, metadata);
    res.json({ metadata });
  });
  router.put('/servers/:id/metadata', async (req, res) => {
    const row = await getInstance(deps, req.params.id, callerOf(res));
    const { metadata } = parseBody(metadataSchema, req.body);
    await save(row.id, metadata);
    res.json({ metadata });
  });
  router.get('/servers/:id/metadata/:key', async (req, res) => {
    const { metadata } = await getInstance(deps, req.params.id, callerOf(res));
    res.json({ meta: { [req.params.key]: itemOf(metadata, req.params.key) } });
  });
  router.put('/servers/:id/metadata/:key', async (req, res) => {
    const row = await getInstance(deps, req.params.id, callerOf(res));
    const { meta } = parseBody(metaSchema, req.body);
    if (Object.keys(meta).join() !== req.params.key) throw badRequest('Request body and URI mismatch');
    await save(row.id, { ...row.metadata, ...meta });
    res.json({ meta });
  });
  router.delete('/servers/:id/metadata/:key', async (req, res) => {
    const row = await getInstance(deps, req.params.id, callerOf(res));
    itemOf(row.metadata, req.params.key);
    const rest = Object.entries(row.metadata).filter(([key]) => key !== req.params.key);
    await save(row.id, Object.fromEntries(rest));
    res.status(204).end();
  });
}
