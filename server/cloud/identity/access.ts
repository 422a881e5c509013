// Tokens and what they stand for: a user, a scope, the roles there.
import { createHash, randomBytes } from 'node:crypto';
import type { Rows } from '../store/rows.ts';
import type { Store } from '../store/store.ts';
import { unauthorized } from './errors.ts';
import type { VerifyPassword } from './passwords.ts';
import * as tables from './tables.ts';
import type { DomainRow, GroupGrantRow, ProjectRow, RoleRow, TokenRow, UserRow } from './tables.ts';

/** What the whole of Identity works with. */
export interface Identity {
  store: Store;
  verifyPassword: VerifyPassword;
  tokenSeconds: number;
}

/** Where roles hold: a project, a domain, or nowhere. */
export interface Scope {
  project_id?: string;
  domain_id?: string;
}

/** A valid token with everything it stands for. */
export interface Access {
  token: TokenRow;
  user: UserRow;
  userDomain: DomainRow;
  project?: ProjectRow;
  projectDomain?: DomainRow;
  domain?: DomainRow;
  roles: RoleRow[];
  isAdmin: boolean;
}

const hashOf = (token: string) => createHash('sha256').update(token).digest('hex');

/** Finds a user by id, or by name and domain, and checks the password. Throws 401, whatever was wrong. */
export async function checkPassword(
  { store, verifyPassword }: Identity,
  who: { id?: string; name?: string; domain_id?: string },
  password: string,
): Promise<UserRow> {
  const where =
    who.id === undefined ? { name: who.name ?? '', domain_id: who.domain_id ?? 'default' } : { id: who.id };
  const user = await store.read.find(tables.users, where);
  const isRight = await verifyPassword(password, user?.password_hash ?? null);
  if (user === undefined || !isRight) throw unauthorized();
  await mustBeEnabled(store.read, user);
  return user;
}

async function mustBeEnabled(rows: Rows, user: UserRow): Promise<DomainRow> {
  const domain = await rows.find(tables.domains, { id: user.domain_id });
  if (!user.enabled || domain === undefined || !domain.enabled)
    throw unauthorized('The account is disabled.');
  return domain;
}

/** What a user holds through groups, on all targets or on one. */
async function grantsOfGroups(
  rows: Rows,
  user_id: string,
  on: Partial<GroupGrantRow>,
): Promise<GroupGrantRow[]> {
  const groups = await rows.all(tables.memberships, { user_id });
  return rows.all(tables.groupGrants, { ...on, group_id: groups.map(({ group_id }) => group_id) });
}

/** The roles of a user on a project or a domain, own ones and those of groups, by name. */
export async function rolesOn(
  rows: Rows,
  user_id: string,
  target: 'project' | 'domain',
  target_id: string,
): Promise<RoleRow[]> {
  const own = await rows.all(tables.grants, { user_id, target, target_id });
  const shared = await grantsOfGroups(rows, user_id, { target, target_id });
  const ids = [...new Set([...own, ...shared].map(({ role_id }) => role_id))];
  return rows.all(tables.roles, { id: ids }, { orderBy: [{ column: 'name' }] });
}

/** Everything a token row stands for. Throws 401 when user, scope or roles are gone or disabled. */
export async function describeToken(rows: Rows, token: TokenRow): Promise<Access> {
  const user = await rows.find(tables.users, { id: token.user_id });
  if (user === undefined) throw unauthorized();
  const access: Access = {
    token,
    user,
    userDomain: await mustBeEnabled(rows, user),
    roles: [],
    isAdmin: false,
  };
  if (token.project_id !== null) {
    const project = await rows.find(tables.projects, { id: token.project_id });
    const domain = project && (await rows.find(tables.domains, { id: project.domain_id }));
    if (!project?.enabled || !domain?.enabled) throw unauthorized();
    access.project = project;
    access.projectDomain = domain;
    access.roles = await rolesOn(rows, user.id, 'project', project.id);
  } else if (token.domain_id !== null) {
    const domain = await rows.find(tables.domains, { id: token.domain_id });
    if (!domain?.enabled) throw unauthorized();
    access.domain = domain;
    access.roles = await rolesOn(rows, user.id, 'domain', domain.id);
  }
  const isScoped = token.project_id !== null || token.domain_id !== null;
  if (isScoped && access.roles.length === 0)
    throw unauthorized(`User ${user.id} has no access to the project or domain asked for.`);
  access.isAdmin = access.roles.some(({ name }) => name.toLowerCase() === 'admin');
  return access;
}

let lastPurge = 0;

/** Makes a token; a rescoped one ends when the one it came from ends. Returns it in clear, this once. */
export async function issueToken(
  { store, tokenSeconds }: Identity,
  user: UserRow,
  scope: Scope,
  { methods, expires_at }: { methods: string[]; expires_at?: string },
): Promise<{ token: string; access: Access }> {
  const token = randomBytes(24).toString('base64url');
  const now = new Date();
  const row: TokenRow = {
    hash: hashOf(token),
    user_id: user.id,
    project_id: scope.project_id ?? null,
    domain_id: scope.domain_id ?? null,
    methods,
    audit_id: randomBytes(16).toString('base64url'),
    issued_at: now.toISOString(),
    expires_at: expires_at ?? new Date(now.getTime() + tokenSeconds * 1000).toISOString(),
  };
  const access = await describeToken(store.read, row);
  await store.read.insert(tables.tokens, row);
  if (now.getTime() - lastPurge > 60_000) {
    lastPurge = now.getTime();
    await store.read.sql.deleteFrom('tokens').where('expires_at', '<', now.toISOString()).execute();
  }
  return { token, access };
}

/** What a token stands for; undefined when it is unknown, expired or worth nothing any more. */
export async function findAccess({ store }: Identity, token: string): Promise<Access | undefined> {
  const row = await store.read.find(tables.tokens, { hash: hashOf(token) });
  if (row === undefined || row.expires_at <= new Date().toISOString()) return undefined;
  try {
    return await describeToken(store.read, row);
  } catch {
    return undefined;
  }
}

/** False when there was no such token. */
export const revokeToken = async ({ store }: Identity, token: string): Promise<boolean> =>
  (await store.read.remove(tables.tokens, { hash: hashOf(token) })) > 0;

/** Ends the tokens of a user (all, or those on one project or domain) or of a project. */
export const revokeTokens = (
  rows: Rows,
  of: { user_id?: string; project_id?: string; domain_id?: string },
): Promise<number> => rows.remove(tables.tokens, of);

/** Ids of the projects, or domains, that a user has a role on, also through groups. */
export async function targetsOf(
  rows: Rows,
  user_id: string,
  target: 'project' | 'domain',
): Promise<string[]> {
  const own = await rows.all(tables.grants, { user_id, target });
  const shared = await grantsOfGroups(rows, user_id, { target });
  return [...new Set([...own, ...shared].map(({ target_id }) => target_id))];
}

/** Projects that a user has a role on. */
export async function projectsOf(rows: Rows, user_id: string): Promise<ProjectRow[]> {
  const ids = await targetsOf(rows, user_id, 'project');
  return rows.all(tables.projects, { id: ids }, { orderBy: [{ column: 'name' }] });
}
