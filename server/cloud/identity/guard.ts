// Who asks Identity itself: 401 without a valid token, 403 for what only an administrator may do.
import type { Request, RequestHandler, Response } from 'express';
import { findAccess, type Access, type Identity } from './access.ts';
import { forbidden, unauthorized } from './errors.ts';

/** Middleware that leaves the caller's access for `callerOf`. */
export function requireToken(identity: Identity): RequestHandler {
  return async (req, res, next) => {
    const token = req.get('x-auth-token');
    const access = token ? await findAccess(identity, token) : undefined;
    if (access === undefined) throw unauthorized();
    res.locals.access = access;
    next();
  };
}

export const callerOf = (res: Response): Access => res.locals.access as Access;

/** Throws 403 unless the caller is an administrator or, when given, the user that this is about. */
export function requireAdmin(res: Response, action: string, orUserId?: string): void {
  const caller = callerOf(res);
  if (!caller.isAdmin && caller.user.id !== orUserId) throw forbidden(action);
}

/** Address that the client used, for links. */
export const baseUrl = (req: Request): string => `${req.protocol}://${req.get('host') ?? 'localhost'}`;
