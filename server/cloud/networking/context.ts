// The caller of a request, as the routes hand him on.
import type { Request, Response } from 'express';
import type { RequestContext } from '../model/context.ts';
import { neutronError } from '../model/errors.ts';
import type { Env } from './work.ts';

/** The caller, with what the policy makes of his roles, under the id of this request. */
export function contextOf(env: Env, res: Response): RequestContext {
  const { context, request_id } = res.locals as { context: RequestContext; request_id: string };
  const revision_number = revisionIn(res.req);
  const constraint = { id: String(res.req.params.id), revision_number: revision_number! };
  return {
    ...env.policy.identified(context),
    request_id,
    ...(revision_number !== undefined && { constraint }),
  };
}

/** The number in `If-Match: "revision_number=3"`; other tags are passed over. Throws 400. */
function revisionIn({ headers }: Request): number | undefined {
  const header = headers['if-match'];
  if (header === undefined) return undefined;
  const bad = (msg: string) => neutronError('BadRequest', { resource: 'if-match', msg });
  const asked = header
    .split(',')
    .flatMap((tag) => /^\s*"?revision_number=([^"]*)"?\s*$/.exec(tag)?.[1] ?? []);
  if (asked.length > 1) throw bad('Multiple revision_number constraints are not supported');
  if (asked[0] === undefined) return undefined;
  if (!/^\d{1,15}$/.test(asked[0])) throw bad('Revision number must be an integer');
  return Number(asked[0]);
}
