// /v2.0/tokens: signing in to a tenant, checking and ending tokens.
import type { Express, Response } from 'express';
import type { Rows } from '../store/rows.ts';
import {
  checkPassword,
  findAccess,
  issueToken,
  revokeToken,
  type Access,
  type Identity,
  type Scope,
} from './access.ts';
import { catalogV2 } from './catalog.ts';
import { bodyOf } from './directory.ts';
import { badInput, notFound, unauthorized } from './errors.ts';
import { requireAdmin, requireToken } from './guard.ts';
import * as tables from './tables.ts';
import type { UserRow } from './tables.ts';

type Body = Record<string, unknown>;

/** The body `{"access": {...}}`; the token in clear is its id. */
async function accessBody(rows: Rows, id: string, { token, user, project, roles }: Access): Promise<Body> {
  return {
    access: {
      token: {
        id,
        issued_at: token.issued_at,
        expires: token.expires_at,
        audit_ids: [token.audit_id],
        ...(project && {
          tenant: {
            id: project.id,
            name: project.name,
            enabled: project.enabled,
            description: project.extra.description ?? '',
          },
        }),
      },
      user: {
        id: user.id,
        name: user.name,
        username: user.name,
        roles: roles.map(({ name }) => ({ name })),
        roles_links: [],
      },
      serviceCatalog: project === undefined ? [] : await catalogV2(rows, project.id),
      metadata: { is_admin: 0, roles: roles.map((role) => role.id) },
    },
  };
}

async function identify(
  identity: Identity,
  auth: Body,
): Promise<{ user: UserRow; methods: string[]; expires_at?: string }> {
  if (auth.token !== undefined) {
    const { id } = bodyOf(auth, 'token');
    const access = await findAccess(identity, String(id));
    if (access === undefined) throw unauthorized();
    return { user: access.user, methods: ['token', 'password'], expires_at: access.token.expires_at };
  }
  const { username, userId, password } = bodyOf(auth, 'passwordCredentials');
  if (typeof password !== 'string') throw badInput('Expecting to find password in passwordCredentials.');
  if (typeof username !== 'string' && typeof userId !== 'string')
    throw badInput('Expecting to find username or userId in passwordCredentials.');
  const who = typeof userId === 'string' ? { id: userId } : { name: username as string };
  return { user: await checkPassword(identity, who, password), methods: ['password'] };
}

async function scopeOf(rows: Rows, auth: Body, user: UserRow): Promise<Scope> {
  if (typeof auth.tenantId === 'string' && auth.tenantId !== '') return { project_id: auth.tenantId };
  if (typeof auth.tenantName === 'string' && auth.tenantName !== '') {
    const where = { name: auth.tenantName, domain_id: 'default' };
    const project = await rows.find(tables.projects, where);
    if (project === undefined) throw unauthorized();
    return { project_id: project.id };
  }
  const id = user.default_project_id;
  if (id === null) return {};
  const where = { user_id: user.id, target: 'project' as const, target_id: id };
  return (await rows.count(tables.grants, where)) > 0 ? { project_id: id } : {};
}

/** Adds /v2.0/tokens. */
export function addV2TokenRoutes(app: Express, identity: Identity): void {
  const rows = identity.store.read;
  const signedIn = requireToken(identity);

  app.post('/v2.0/tokens', async (req, res) => {
    const auth = bodyOf(req.body, 'auth');
    const identified = await identify(identity, auth);
    const scope = await scopeOf(rows, auth, identified.user);
    const { token, access } = await issueToken(identity, identified.user, scope, identified);
    res.json(await accessBody(rows, token, access));
  });

  /** The token a path is about; `belongsTo` is the tenant that it must be for. */
  const subject = async (res: Response, token: string, belongsTo?: unknown): Promise<Access> => {
    const access = await findAccess(identity, token);
    if (access === undefined) throw notFound('token', 'the subject token');
    requireAdmin(res, 'identity:validate_token', access.user.id);
    if (belongsTo !== undefined && access.project?.id !== belongsTo) throw unauthorized();
    return access;
  };

  app.get('/v2.0/tokens/:token', signedIn, async (req, res) => {
    const token = req.params.token as string;
    res.json(await accessBody(rows, token, await subject(res, token, req.query.belongsTo)));
  });

  app.delete('/v2.0/tokens/:token', signedIn, async (req, res) => {
    const token = req.params.token as string;
    await subject(res, token);
    await revokeToken(identity, token);
    res.status(204).end();
  });

  app.get('/v2.0/tokens/:token/endpoints', signedIn, async (req, res) => {
    const access = await subject(res, req.params.token as string);
    const catalog = await catalogV2(rows, access.project?.id ?? '');
    const endpoints = catalog.flatMap(({ type, name, endpoints: own }) =>
      own.map((endpoint) => ({ ...endpoint, type, name, tenantId: access.project?.id ?? null })),
    );
    res.json({ endpoints, endpoints_links: [] });
  });
}
