// The metadata API behind port 8775. The Networking metadata agent says, and signs, which instance asks.
import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Express, Request, Response } from 'express';
import { createApp } from '../../../lib/http.ts';
import type { Logger } from '../../../lib/log.ts';
import type { Session } from '../../client/session.ts';
import { instances, type InstanceRow } from '../../store/compute-tables.ts';
import type { Store } from '../../store/store.ts';
import { addressesOf, type Address } from '../networks.ts';
import { ec2Tree, ec2Versions } from './ec2.ts';
import { fullNameOf } from './full-name.ts';
import { openstackTrees, openstackVersions } from './openstack.ts';
import { lookUp, type Tree } from './tree.ts';

export interface MetadataDeps {
  store: Store;
  session: Pick<Session, 'request'>;
  sharedSecret: string;
  domain: string;
  log: Logger;
}

/** An instance as both trees describe it. */
export interface Described {
  row: InstanceRow;
  addresses: Address[];
  /** With the domain: `vm01.novalocal`. */
  fullName: string;
}

export function createMetadataApp(deps: MetadataDeps): Express {
  return createApp({
    log: deps.log,
    renderError: ({ status, message }) => ({ error: { code: status, message } }),
    bodies: 'text',
    routes: (app) => {
      app.use(async (req, res) => {
        const row = await instanceOf(deps, req);
        if (typeof row === 'number') return refuse(res, row);
        await answer(deps, row, req, res);
      });
    },
  });
}

async function answer(deps: MetadataDeps, row: InstanceRow, req: Request, res: Response): Promise<void> {
  const [version = '', ...path] = req.path.split('/').filter((part) => part !== '');
  if (version === 'openstack') {
    if (req.method === 'POST') return tellPassword(deps, row, path, req.body as string | undefined, res);
    return path.length === 0
      ? sendText(res, openstackVersions)
      : send(res, openstackTrees(describe(row, [], deps.domain)), path);
  }
  if (version === '') return sendText(res, ec2Versions);
  if (!ec2Versions.includes(version)) return refuse(res, 404);
  // Only these two are asked of Networking; the others answer at once, also when it is away.
  const needsAddresses = /ipv[46]$|^meta-data\/?$/.test(path.join('/'));
  const addresses = needsAddresses
    ? Object.values((await addressesOf(deps.session, [row])).get(row.id) ?? {}).flat()
    : [];
  send(res, ec2Tree(describe(row, addresses, deps.domain)), path);
}

/** More than this no encrypted password has. */
const mostPasswordBytes = 4 * 255;

/** An instance tells the password of its administrator, once; its user reads it at the Compute API. */
async function tellPassword(
  { store }: MetadataDeps,
  row: InstanceRow,
  path: readonly string[],
  password: string | undefined,
  res: Response,
): Promise<void> {
  if (path.length !== 2 || path[1] !== 'password' || !openstackVersions.includes(path[0]!))
    return refuse(res, 404);
  if (row.server_password !== null) return refuse(res, 409);
  if (typeof password !== 'string' || Buffer.byteLength(password) > mostPasswordBytes)
    return refuse(res, 400);
  await store.read.update(instances, { id: row.id }, { server_password: password });
  res.status(200).end();
}

const describe = (row: InstanceRow, addresses: Address[], domain: string): Described => ({
  row,
  addresses,
  fullName: fullNameOf(row, domain),
});

/** The instance the signed headers name, or the status of the refusal. */
async function instanceOf(
  { store, sharedSecret }: MetadataDeps,
  req: Request,
): Promise<InstanceRow | number> {
  const id = req.get('x-instance-id');
  const project_id = req.get('x-tenant-id');
  if (id === undefined || project_id === undefined) return 400;
  const signature = Buffer.from(req.get('x-instance-id-signature') ?? '', 'hex');
  const expected = createHmac('sha256', sharedSecret).update(id).digest();
  if (signature.length !== expected.length || !timingSafeEqual(signature, expected)) return 403;
  const row = await store.read.find(instances, { id });
  if (row === undefined || row.project_id !== project_id) return 404;
  return row;
}

const phrases: Record<number, string> = {
  ...{ 400: 'Bad Request', 403: 'Forbidden', 404: 'Not Found', 409: 'Conflict' },
};

function refuse(res: Response, status: number): void {
  res
    .status(status)
    .type('text/plain')
    .send(`${status} ${phrases[status] ?? ''}\n`);
}

/** The versions have no slash at their end, unlike other folders. */
const sendText = (res: Response, names: readonly string[]) =>
  void res.status(200).type('text/plain').send(names.join('\n'));

function send(res: Response, tree: Tree, path: readonly string[]): void {
  const found = lookUp(tree, path);
  if (found === undefined) return refuse(res, 404);
  const type = path.at(-1)?.endsWith('.json') ? 'application/json' : 'text/plain';
  res.status(200).type(type).send(found);
}
