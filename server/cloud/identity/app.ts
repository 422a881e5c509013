// The Identity API as an express application.
import type { Express } from 'express';
import { createApp } from '../../lib/http.ts';
import type { Logger } from '../../lib/log.ts';
import { openStore } from '../store/store.ts';
import { findAccess, type Identity } from './access.ts';
import type { Caller } from './authenticate.ts';
import { bootstrap, type Bootstrap } from './bootstrap.ts';
import { addDiscoveryRoutes } from './discovery.ts';
import { renderIdentityError } from './errors.ts';
import { createPasswordVerifier } from './passwords.ts';
import { identitySchema } from './tables.ts';
import { addV2ServiceRoutes } from './v2-services.ts';
import { addTenantRoutes } from './v2-tenants.ts';
import { addV2TokenRoutes } from './v2-tokens.ts';
import { addV2UserRoutes } from './v2-users.ts';
import { addGrantRoutes } from './v3-grants.ts';
import { addRoleAssignments } from './v3-role-assignments.ts';
import { addGroupRoutes } from './v3-groups.ts';
import { addResourceRoutes } from './v3-resources.ts';
import { addTokenRoutes } from './v3-tokens.ts';

export interface IdentityOptions {
  /** Connection URL of the database. */
  connection: string;
  tokenSeconds: number;
  bootstrap: Bootstrap;
}

/** Opens the database and fills an empty one. */
export async function openIdentity(options: IdentityOptions): Promise<Identity> {
  const store = await openStore(options.connection, identitySchema);
  try {
    await bootstrap(store, options.bootstrap);
  } catch (error) {
    await store.close();
    throw error;
  }
  return { store, verifyPassword: createPasswordVerifier(), tokenSeconds: options.tokenSeconds };
}

/** The API; `isAdminPort` is the second port, where v2.0 lists tenants for administrators only. */
export function createIdentityApp(identity: Identity, log: Logger, isAdminPort = false): Express {
  return createApp({
    log,
    renderError: renderIdentityError,
    routes(app) {
      addDiscoveryRoutes(app);
      addTokenRoutes(app, identity);
      addResourceRoutes(app, identity);
      addGrantRoutes(app, identity);
      addRoleAssignments(app, identity);
      addGroupRoutes(app, identity);
      addV2TokenRoutes(app, identity);
      addTenantRoutes(app, identity, isAdminPort);
      addV2UserRoutes(app, identity);
      addV2ServiceRoutes(app, identity);
    },
  });
}

/** Validates tokens without HTTP, for services in the same process as Identity. */
export const validateIn =
  (identity: Identity) =>
  async (token: string): Promise<Caller | undefined> => {
    const access = await findAccess(identity, token);
    if (access === undefined) return undefined;
    const { user, project, roles, isAdmin } = access;
    return {
      user_id: user.id,
      user_name: user.name,
      project_id: project?.id ?? '',
      project_name: project?.name ?? '',
      roles: roles.map(({ name }) => name),
      is_admin: isAdmin,
    };
  };
