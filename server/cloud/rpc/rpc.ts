// What daemons say to each other over the message queue, and how it can fail.
import type { RequestContext } from '../model/context.ts';

type Args = Record<string, unknown>;

/** A method that others can call; what it returns is the answer, what it throws travels back as RpcRemoteError. */
export type Endpoint = (args: never, context: RequestContext) => Promise<unknown> | unknown;

export interface CallOptions {
  /** Only the server of this name; otherwise one of those that serve the topic. */
  server?: string;
  timeoutMs?: number;
  context?: RequestContext;
  /** Version of the method as shown on the wire. */
  version?: string;
}

export interface CastOptions {
  server?: string;
  /** All servers of the topic. */
  fanout?: boolean;
  context?: RequestContext;
  version?: string;
}

/** A connection to the message queue that comes back by itself. */
export interface Rpc {
  /**
   * Asks and waits for the answer, also across a restart of the broker or of the server: the request is sent again and
   * answered once. Rejects with RpcTimeout after `timeoutMs` (60 s) and with RpcRemoteError when the method failed.
   */
  call<Result = unknown>(topic: string, method: string, args: Args, options?: CallOptions): Promise<Result>;
  /** Tells, without an answer. Kept while there is no connection (the oldest are dropped over 2,000). */
  cast(topic: string, method: string, args: Args, options?: CastOptions): void;
  /** Answers calls and casts to `topic`, to `topic.<server>` (default: this host) and to all of the topic. */
  serve(
    topic: string,
    endpoints: Record<string, Endpoint>,
    options?: { server?: string; fanout?: boolean },
  ): void;
  /** Publishes an event to the queues `<notification topic>.info`. */
  notify(eventType: string, payload: unknown, context: RequestContext): void;
  /** Runs `callback` after every connect, when all served topics are declared; at once when connected already. */
  onConnect(callback: () => void): void;
  /** Resolves when connected with all served topics declared. */
  connected(): Promise<void>;
  /** Sends what is still kept (for up to 1 s) and disconnects. */
  close(): Promise<void>;
}

/** The method that was called failed; `type` is the class of its error there. */
export class RpcRemoteError extends Error {
  override name = 'RpcRemoteError';
  type: string;
  constructor(type: string, message: string) {
    super(message);
    this.type = type;
  }
}

/** Nobody answered in time. */
export class RpcTimeout extends Error {
  override name = 'RpcTimeout';
}
