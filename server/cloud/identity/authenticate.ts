// Who asks, for the services beside Identity: checks X-Auth-Token and leaves the caller in `res.locals.context`.
import { createHash } from 'node:crypto';
import type { RequestHandler, Response } from 'express';
import type { Logger } from '../../lib/log.ts';
import type { RequestContext } from '../model/context.ts';

/** A caller without the request, which is new each time. */
export type Caller = Omit<RequestContext, 'request_id'>;

const rememberedMs = 30_000;
const mostRemembered = 1000;
const patienceMs = 10_000;

/** The answer to a missing, unknown or expired token. */
export const unauthorizedBody = {
  error: {
    code: 401,
    title: 'Unauthorized',
    message: 'The request you have made requires authentication.',
  },
};

/**
 * Middleware that lets only holders of a token pass. `validate` gives the caller that a token stands for, undefined when it
 * stands for none; when it throws, the answer is 503.
 */
export function authenticateWith(
  validate: (token: string) => Promise<Caller | undefined> | Caller | undefined,
  log?: Logger,
): RequestHandler {
  return async (req, res, next) => {
    const token = req.get('x-auth-token');
    try {
      const caller = token === undefined || token === '' ? undefined : await validate(token);
      if (caller === undefined) return refuse(res);
      res.locals.context = { ...caller, request_id: res.locals.request_id as string };
    } catch (error) {
      log?.error(`A token cannot be checked: ${(error as Error).message}`, res.locals);
      res.status(503).json({
        error: {
          code: 503,
          title: 'Service Unavailable',
          message: 'The Keystone service is temporarily unavailable.',
        },
      });
      return;
    }
    next();
  };
}

function refuse(res: Response): void {
  res.setHeader('WWW-Authenticate', 'Keystone uri="/v3"');
  res.status(401).json(unauthorizedBody);
}

export interface AuthenticateOptions {
  /** Address of Identity, with or without /v3. */
  auth_url: string;
  log: Logger;
  /** The service's own user is not needed to check tokens: a token may ask about itself. */
  username?: string;
  password?: string;
  project_name?: string;
}

/** Middleware that asks Identity about each token, at most every 30 s, and once for requests at the same time. */
export function authenticate({ auth_url, log }: AuthenticateOptions): RequestHandler {
  const url = `${auth_url.replace(/\/(v3|v2\.0)?\/?$/, '')}/v3/auth/tokens?nocatalog=1`;
  return authenticateWith(
    remembering((token) => askIdentity(url, token)),
    log,
  );
}

/** Remembers callers by a hash of their token; failures and refusals are asked anew. */
export function remembering(
  ask: (token: string) => Promise<Found | undefined>,
): (token: string) => Promise<Caller | undefined> {
  const known = new Map<string, { until: number; found: Promise<Found | undefined> }>();
  return async (token) => {
    const key = createHash('sha256').update(token).digest('base64');
    const now = Date.now();
    const before = known.get(key);
    if (before !== undefined && before.until > now) return (await before.found)?.caller;
    if (known.size >= mostRemembered) known.delete(known.keys().next().value!);
    const entry = { until: now + rememberedMs, found: ask(token) };
    known.delete(key);
    known.set(key, entry);
    try {
      const found = await entry.found;
      if (found === undefined) known.delete(key);
      else entry.until = Math.min(entry.until, found.expiresAt);
      return found?.caller;
    } catch (error) {
      known.delete(key);
      throw error;
    }
  };
}

/** A valid token's caller and when (ms since the epoch) it ends. */
export interface Found {
  caller: Caller;
  expiresAt: number;
}

interface TokenBody {
  token: {
    expires_at: string;
    user: { id: string; name: string };
    project?: { id: string; name: string };
    roles?: { name: string }[];
  };
}

async function askIdentity(url: string, token: string): Promise<Found | undefined> {
  const headers = { 'x-auth-token': token, 'x-subject-token': token };
  const response = await fetch(url, { headers, signal: AbortSignal.timeout(patienceMs) });
  if (response.status === 401 || response.status === 404) {
    await response.body?.cancel();
    return undefined;
  }
  if (!response.ok) throw new Error(`Identity answered ${response.status}`);
  const { user, project, roles = [], expires_at } = ((await response.json()) as TokenBody).token;
  const names = roles.map(({ name }) => name);
  return {
    expiresAt: Date.parse(expires_at),
    caller: {
      user_id: user.id,
      user_name: user.name,
      project_id: project?.id ?? '',
      project_name: project?.name ?? '',
      roles: names,
      is_admin: names.some((name) => name.toLowerCase() === 'admin'),
    },
  };
}
