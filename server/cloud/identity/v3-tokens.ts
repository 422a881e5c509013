// /v3/auth: signing in with a password or a token, checking and ending tokens, what one may scope to.
import type { Express } from 'express';
import type { Rows } from '../store/rows.ts';
import {
  checkPassword,
  findAccess,
  issueToken,
  projectsOf,
  revokeToken,
  targetsOf,
  type Access,
  type Identity,
  type Scope,
} from './access.ts';
import { catalogV3 } from './catalog.ts';
import { badInput, notFound, unauthorized } from './errors.ts';
import { baseUrl, callerOf, requireAdmin, requireToken } from './guard.ts';
import * as tables from './tables.ts';
import type { DomainRow, UserRow } from './tables.ts';
import { collectionLinks, viewProject, viewDomain } from './v3-views.ts';

type Body = Record<string, unknown>;

const part = (value: unknown): Body | undefined =>
  typeof value === 'object' && value !== null ? (value as Body) : undefined;

/** The body `{"token": {...}}` of an answer. */
async function tokenBody(rows: Rows, access: Access, withCatalog: boolean): Promise<Body> {
  const { token, user, userDomain, project, projectDomain, domain, roles } = access;
  const short = ({ id, name }: DomainRow) => ({ id, name });
  const isScoped = project !== undefined || domain !== undefined;
  return {
    token: {
      methods: token.methods,
      user: { id: user.id, name: user.name, domain: short(userDomain), password_expires_at: null },
      audit_ids: [token.audit_id],
      expires_at: token.expires_at,
      issued_at: token.issued_at,
      ...(project && {
        is_domain: false,
        project: { id: project.id, name: project.name, domain: short(projectDomain!) },
      }),
      ...(domain && { domain: short(domain) }),
      ...(isScoped && { roles: roles.map(({ id, name }) => ({ id, name })) }),
      ...(isScoped && withCatalog && { catalog: await catalogV3(rows, project?.id ?? '') }),
    },
  };
}

/** The id of a domain given as `{id}` or `{name}`; 401 when there is none, as for all that is wrong in a sign-in. */
async function domainId(rows: Rows, given: unknown): Promise<string> {
  const domain = part(given);
  if (typeof domain?.id === 'string') return domain.id;
  if (typeof domain?.name !== 'string') throw badInput('Expecting to find domain in user or project.');
  const found = await rows.find(tables.domains, { name: domain.name });
  if (found === undefined) throw unauthorized();
  return found.id;
}

interface Identified {
  user: UserRow;
  methods: string[];
  expires_at?: string;
  /** Scope of the token that was shown. */
  scope?: Scope;
}

async function identify(identity: Identity, given: Body): Promise<Identified> {
  const methods = given.methods;
  const rows = identity.store.read;
  if (!Array.isArray(methods) || methods.length === 0)
    throw badInput('Expecting to find methods in identity.');
  if (methods.includes('token')) {
    const id = part(given.token)?.id;
    if (typeof id !== 'string') throw badInput('Expecting to find id in token.');
    const access = await findAccess(identity, id);
    if (access === undefined) throw unauthorized();
    const { project_id, domain_id, expires_at } = access.token;
    return {
      user: access.user,
      methods: [...new Set([...methods.map(String), ...access.token.methods])],
      expires_at,
      scope: project_id ? { project_id } : domain_id ? { domain_id } : {},
    };
  }
  if (!methods.includes('password')) throw unauthorized('Unsupported authentication method.');
  const user = part(part(given.password)?.user);
  if (user === undefined) throw badInput('Expecting to find user in password.');
  if (typeof user.password !== 'string') throw badInput('Expecting to find password in user.');
  const who =
    typeof user.id === 'string'
      ? { id: user.id }
      : { name: String(user.name ?? ''), domain_id: await domainId(rows, user.domain) };
  return { user: await checkPassword(identity, who, user.password), methods: ['password'] };
}

async function scopeOf(rows: Rows, given: unknown, { user, scope }: Identified): Promise<Scope> {
  if (given === 'unscoped' || part(given)?.unscoped !== undefined) return {};
  const asked = part(given);
  if (asked === undefined) return scope ?? (await defaultScope(rows, user));
  const domain = part(asked.domain);
  if (domain !== undefined) return { domain_id: await domainId(rows, domain) };
  const project = part(asked.project);
  if (project === undefined) throw badInput('Expecting to find project or domain in scope.');
  if (typeof project.id === 'string') return { project_id: project.id };
  const found = await rows.find(tables.projects, {
    name: String(project.name ?? ''),
    domain_id: await domainId(rows, project.domain),
  });
  if (found === undefined) throw unauthorized();
  return { project_id: found.id };
}

/** A user with a default project, and a role there, is signed in to it unless another scope is asked for. */
async function defaultScope(rows: Rows, user: UserRow): Promise<Scope> {
  if (user.default_project_id === null) return {};
  const projects = await projectsOf(rows, user.id);
  const found = projects.find(({ id, enabled }) => id === user.default_project_id && enabled);
  return found === undefined ? {} : { project_id: found.id };
}

/** Adds /v3/auth. */
export function addTokenRoutes(app: Express, identity: Identity): void {
  const rows = identity.store.read;
  const signedIn = requireToken(identity);

  app.post('/v3/auth/tokens', async (req, res) => {
    const auth = part(part(req.body)?.auth);
    const given = part(auth?.identity);
    if (auth === undefined || given === undefined)
      throw badInput('Expecting to find auth and identity in request body.');
    const identified = await identify(identity, given);
    const scope = await scopeOf(rows, auth.scope, identified);
    const { token, access } = await issueToken(identity, identified.user, scope, identified);
    res.status(201).setHeader('X-Subject-Token', token);
    res.json(await tokenBody(rows, access, req.query.nocatalog === undefined));
  });

  app.get('/v3/auth/tokens', signedIn, async (req, res) => {
    const token = req.get('x-subject-token') ?? '';
    const access = await findAccess(identity, token);
    if (access === undefined) throw notFound('token', 'the subject token');
    requireAdmin(res, 'identity:validate_token', access.user.id);
    res.setHeader('X-Subject-Token', token);
    res.json(await tokenBody(rows, access, req.query.nocatalog === undefined));
  });

  app.delete('/v3/auth/tokens', signedIn, async (req, res) => {
    const token = req.get('x-subject-token') ?? '';
    const access = await findAccess(identity, token);
    if (access === undefined) throw notFound('token', 'the subject token');
    requireAdmin(res, 'identity:revoke_token', access.user.id);
    await revokeToken(identity, token);
    res.status(204).end();
  });

  app.get('/v3/auth/catalog', signedIn, async (req, res) => {
    const catalog = await catalogV3(rows, callerOf(res).project?.id ?? '');
    res.json({ catalog, links: collectionLinks(req) });
  });

  app.get('/v3/auth/projects', signedIn, async (req, res) => {
    const projects = (await projectsOf(rows, callerOf(res).user.id)).filter(({ enabled }) => enabled);
    res.json({ projects: projects.map(viewProject(baseUrl(req))), links: collectionLinks(req) });
  });

  app.get('/v3/auth/domains', signedIn, async (req, res) => {
    const ids = await targetsOf(rows, callerOf(res).user.id, 'domain');
    const domains = await rows.all(tables.domains, { id: ids, enabled: true });
    res.json({ domains: domains.map(viewDomain(baseUrl(req))), links: collectionLinks(req) });
  });
}
