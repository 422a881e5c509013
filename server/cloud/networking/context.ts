// The caller of a request, as the routes hand him on.
import type { Response } from 'express';
import type { RequestContext } from '../model/context.ts';
import type { Env } from './work.ts';

/** The caller, with what the policy makes of his roles, under the id of this request. */
export function contextOf(env: Env, res: Response): RequestContext {
  const { context, request_id } = res.locals as { context: RequestContext; request_id: string };
  return { ...env.policy.identified(context), request_id };
}
