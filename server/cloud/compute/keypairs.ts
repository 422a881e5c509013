// /os-keypairs: a user's SSH keys.
import type { Router, Response } from 'express';
import { z } from 'zod';
import type { RequestContext } from '../model/context.ts';
import { keypairs, type KeypairRow } from '../store/compute-tables.ts';
import type { Store } from '../store/store.ts';
import { badRequest, conflict, notFound } from './failure.ts';
import { fingerprintOf, makeKeypair } from './make-keypair.ts';
import { parseBody } from './parse-body.ts';

const schema = z.strictObject({
  keypair: z.strictObject({
    name: z.string().min(1).max(255),
    public_key: z.string().optional(),
    type: z.literal('ssh').optional(),
  }),
});

const callerOf = (res: Response) => res.locals.context as RequestContext;

const show = ({ name, public_key, fingerprint }: KeypairRow) => ({ name, public_key, fingerprint });

export function addKeypairs(router: Router, store: Store): void {
  const get = async (user_id: string, name: string): Promise<KeypairRow> => {
    const row = await store.read.find(keypairs, { user_id, name });
    if (row === undefined) throw notFound(`Keypair ${name} not found for user ${user_id}`);
    return row;
  };

  router.get('/os-keypairs', async (_req, res) => {
    const rows = await store.read.all(
      keypairs,
      { user_id: callerOf(res).user_id },
      { orderBy: [{ column: 'name' }] },
    );
    res.json({ keypairs: rows.map((row) => ({ keypair: show(row) })) });
  });
  router.post('/os-keypairs', async (req, res) => {
    const { keypair } = parseBody(schema, req.body);
    const { user_id } = callerOf(res);
    const { name } = keypair;
    if (name.trim() !== name || !/^[\w .@-]+$/.test(name))
      throw badRequest(`Keypair data is invalid: Keypair name contains unsafe characters`);
    if ((await store.read.find(keypairs, { user_id, name })) !== undefined)
      throw conflict(`Key pair '${name}' already exists.`);
    const made = keypair.public_key === undefined ? makeKeypair('Generated-by-Nova') : undefined;
    const public_key = keypair.public_key?.trim() ?? made!.public_key;
    const fingerprint = made?.fingerprint ?? fingerprintOf(public_key);
    await store.read.insert(keypairs, {
      user_id,
      name,
      public_key,
      fingerprint,
      created_at: new Date().toISOString(),
    });
    const secret = made === undefined ? {} : { private_key: made.private_key };
    res.json({ keypair: { name, public_key, fingerprint, user_id, ...secret } });
  });
  router.get('/os-keypairs/:name', async (req, res) => {
    const row = await get(callerOf(res).user_id, req.params.name);
    res.json({
      keypair: {
        ...show(row),
        user_id: row.user_id,
        created_at: row.created_at,
        deleted: false,
        deleted_at: null,
        updated_at: null,
        id: 1,
      },
    });
  });
  router.delete('/os-keypairs/:name', async (req, res) => {
    const { user_id, name } = await get(callerOf(res).user_id, req.params.name);
    await store.read.remove(keypairs, { user_id, name });
    res.status(202).end();
  });
}
