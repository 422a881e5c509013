// Runs the endpoints of one topic for incoming requests, each once, however often the message arrives.
import type { Logger } from '../../lib/log.ts';
import { readContext, replyBody, type Body, type Failure } from './envelope.ts';
import type { Endpoint } from './rpc.ts';

const mostRemembered = 200;
const rememberedMs = 90_000;
/** Larger answers are worked out again instead: they are reads. */
const largestRememberedBytes = 64 * 1024;

/** The reply to a request, or undefined for a cast and for a message that was seen before. */
export type Answer = (body: Body) => Promise<{ queue: string; reply: Body } | undefined>;

interface Seen {
  at: number;
  outcome: Promise<Outcome>;
}

type Outcome = { result: unknown } | { failure: Failure };

/** Answers requests with `endpoints`; a repeated request gets the first one's outcome. */
export function createAnswers(endpoints: Record<string, Endpoint>, log: Logger): Answer {
  const seen = new Map<string, Seen>();

  const run = async (body: Body): Promise<Outcome> => {
    const method = String(body.method);
    const endpoint = Object.hasOwn(endpoints, method) ? endpoints[method] : undefined;
    const context = readContext(body);
    try {
      if (endpoint === undefined)
        throw Object.assign(new Error(`Endpoint does not support RPC method ${method}`), {
          type: 'UnsupportedVersion',
        });
      return { result: await endpoint((body.args ?? {}) as never, context) };
    } catch (error) {
      const { failure, isExpected } = describe(error);
      if (!isExpected) {
        const stack = error instanceof Error ? error.stack : undefined;
        log.error(`${method} failed: ${stack ?? failure.message}`, context);
      }
      return { failure };
    }
  };

  const forgetOld = () => {
    for (const [id, { at }] of seen) {
      if (seen.size <= mostRemembered && at > Date.now() - rememberedMs) break;
      seen.delete(id);
    }
  };

  return async (body) => {
    const id = String(body._unique_id);
    const before = seen.get(id);
    const isCall = typeof body._msg_id === 'string' && typeof body._reply_q === 'string';
    if (before !== undefined && !isCall) return undefined;
    const outcome = before?.outcome ?? run(body);
    if (before === undefined) {
      forgetOld();
      seen.set(id, { at: Date.now(), outcome });
    }
    const settled = await outcome;
    if (!isCall) return undefined;
    const reply = replyBody(body._msg_id as string, settled);
    if (JSON.stringify(reply).length > largestRememberedBytes) seen.delete(id);
    return { queue: body._reply_q as string, reply };
  };
}

/** Errors with a `status` below 500 are answers to the caller, others are faults of this program. */
function describe(error: unknown): { failure: Failure; isExpected: boolean } {
  const { type, status, name, message } = error as Record<string, unknown>;
  const failure = {
    class: typeof type === 'string' ? type : typeof name === 'string' ? name : 'Error',
    module: 'exceptions',
    message: typeof message === 'string' ? message : String(error),
  };
  return { failure, isExpected: typeof status === 'number' && status < 500 };
}
