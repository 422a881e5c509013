// The messages on the wire: oslo.messaging's envelope 2.0, its call, reply and notification bodies, context as `_context_*`.
import { randomUUID } from 'node:crypto';
import { adminContext, type RequestContext } from '../model/context.ts';

/** A body inside the envelope. */
export type Body = Record<string, unknown>;

/** 32 hex digits, as in ids of messages and names of queues. */
export const hexId = () => randomUUID().replaceAll('-', '');

/** Wraps a body: the message is a string of JSON within the JSON. */
export const pack = (body: Body): Buffer =>
  Buffer.from(JSON.stringify({ 'oslo.version': '2.0', 'oslo.message': JSON.stringify(body) }));

/** The body of a message; throws when it is not in the envelope. */
export function unpack(content: Buffer): Body {
  const outer = JSON.parse(content.toString('utf8')) as Body;
  const inner = outer['oslo.message'];
  if (typeof inner !== 'string') throw new Error('The message is not in the oslo 2.0 envelope');
  return JSON.parse(inner) as Body;
}

/** `2026-11-22 11:02:31.837000`: UTC with a blank, as in every oslo body. */
export const osloTime = (time = new Date()) => time.toISOString().replace('T', ' ').replace('Z', '000');

/** The caller's context as the flat keys of a body. */
export function contextKeys(context: RequestContext): Body {
  const { request_id, user_id, user_name, project_id, project_name, roles, is_admin } = context;
  const keys = {
    user: user_id || null,
    user_id: user_id || null,
    user_name: user_name || null,
    tenant: project_id || null,
    tenant_id: project_id || null,
    tenant_name: project_name || null,
    project_id: project_id || null,
    project_name: project_name || null,
    roles,
    is_admin,
    request_id,
    global_request_id: null,
    read_only: false,
    show_deleted: false,
    auth_token: null,
    timestamp: osloTime(),
  };
  return Object.fromEntries(Object.entries(keys).map(([key, value]) => [`_context_${key}`, value]));
}

/** The context that a body carries; what is missing is as for work that nobody asked for. */
export function readContext(body: Body): RequestContext {
  const text = (key: string) => {
    const value = body[`_context_${key}`];
    return typeof value === 'string' ? value : '';
  };
  const roles = body['_context_roles'];
  return {
    request_id: text('request_id') || adminContext().request_id,
    user_id: text('user_id'),
    user_name: text('user_name'),
    project_id: text('project_id'),
    project_name: text('project_name'),
    roles: Array.isArray(roles) ? roles.map(String) : [],
    is_admin: body['_context_is_admin'] === true,
  };
}

export interface Request {
  method: string;
  args: Body;
  version: string;
  context: RequestContext;
}

/** A cast, or with `replyQueue` a call. `_unique_id` tells a repeated message from a new one. */
export function requestBody(request: Request, replyQueue?: string): Body & { _unique_id: string } {
  const { method, args, version, context } = request;
  const reply = replyQueue === undefined ? {} : { _msg_id: hexId(), _reply_q: replyQueue, _timeout: null };
  return { method, args, version, ...reply, _unique_id: hexId(), ...contextKeys(context) };
}

/** How the work of a call went wrong, as it travels back. */
export interface Failure {
  class: string;
  module: string;
  message: string;
}

/** The one message that answers a call. */
export function replyBody(messageId: string, outcome: { result: unknown } | { failure: Failure }): Body {
  const failed = 'failure' in outcome;
  return {
    result: failed ? null : (outcome.result ?? null),
    failure: failed ? JSON.stringify({ ...outcome.failure, tb: [], args: [], kwargs: {} }) : null,
    ending: true,
    _msg_id: messageId,
    _unique_id: hexId(),
  };
}

/** What somebody outside may want to know: `network.create.end` and its payload. */
export function notificationBody(
  event: { publisherId: string; eventType: string; payload: unknown },
  context: RequestContext,
): Body & { _unique_id: string } {
  return {
    message_id: randomUUID(),
    publisher_id: event.publisherId,
    event_type: event.eventType,
    priority: 'INFO',
    payload: event.payload,
    timestamp: osloTime(),
    _unique_id: hexId(),
    ...contextKeys(context),
  };
}
