// What the routes of the Compute API work with.
import type { Logger } from '../../lib/log.ts';
import type { Session } from '../client/session.ts';
import type { RequestContext } from '../model/context.ts';
import type { Store } from '../store/store.ts';
import type { Hosts } from './hosts.ts';
import type { InstanceEvents } from './instance-events.ts';

/** Sends messages to nova-compute; the RPC connection is one. */
export interface ComputeRpc {
  call<Result = unknown>(
    topic: string,
    method: string,
    args: Record<string, unknown>,
    options?: { server?: string; timeoutMs?: number; context?: RequestContext },
  ): Promise<Result>;
  cast(
    topic: string,
    method: string,
    args: Record<string, unknown>,
    options?: { server?: string; context?: RequestContext },
  ): void;
}

export interface ComputeDeps {
  store: Store;
  hosts: Hosts;
  rpc: ComputeRpc;
  events: InstanceEvents;
  /** Compute's own user at Networking and Image. */
  session: Pick<Session, 'request'>;
  defaultZone: string;
  log: Logger;
}
