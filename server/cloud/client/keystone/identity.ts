// What the keystone command asks of Identity, the same over v2.0 and v3.
import type { Session } from '../session.ts';

export type Row = Record<string, unknown> & { id: string };

/** The collections of the command and what v2.0 calls them. */
const v2 = {
  tenant: { path: '/tenants', plural: 'tenants', one: 'tenant' },
  user: { path: '/users', plural: 'users', one: 'user' },
  role: { path: '/OS-KSADM/roles', plural: 'roles', one: 'role' },
  service: { path: '/OS-KSADM/services', plural: 'OS-KSADM:services', one: 'OS-KSADM:service' },
  endpoint: { path: '/endpoints', plural: 'endpoints', one: 'endpoint' },
} as const;

export type Kind = keyof typeof v2;

/**
 * The commands speak v2.0, whatever the OS_AUTH_URL: its objects are what their tables show. `path` is below
 * /v2.0.
 */
export async function ask<Body>(
  session: Session,
  method: string,
  path: string,
  body?: unknown,
): Promise<Body> {
  const answer = await session.request<Body>('identity', {
    method,
    path,
    ...(body !== undefined && { body }),
    identityVersion: 'v2.0',
  });
  return answer.body;
}

export async function listAll(session: Session, kind: Kind): Promise<Row[]> {
  const body = await ask<Record<string, Row[]>>(session, 'GET', v2[kind].path);
  return body[v2[kind].plural] ?? [];
}

export async function create(
  session: Session,
  kind: Kind,
  attributes: Record<string, unknown>,
): Promise<Row> {
  const { path, one } = v2[kind];
  const body = await ask<Record<string, Row>>(session, 'POST', path, { [one]: attributes });
  return body[one]!;
}

export const remove = (session: Session, kind: Kind, id: string): Promise<unknown> =>
  ask(session, 'DELETE', `${v2[kind].path}/${encodeURIComponent(id)}`);

/** The one with this id or name. */
export async function find(session: Session, kind: Kind, nameOrId: string): Promise<Row> {
  const all = await listAll(session, kind);
  const byId = all.find(({ id }) => id === nameOrId);
  if (byId !== undefined) return byId;
  const named = all.filter(({ name }) => name === nameOrId);
  if (named.length > 1)
    throw new Error(`Multiple ${kind} matches found for '${nameOrId}', use an ID to be more specific.`);
  if (named[0] === undefined) throw new Error(`No ${kind} with a name or ID of '${nameOrId}' exists.`);
  return named[0];
}

/** Id of the one with this id or name. */
export const findId = async (session: Session, kind: Kind, nameOrId: string): Promise<string> =>
  (await find(session, kind, nameOrId)).id;
