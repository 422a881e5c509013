// What a rule works with: the rows of its transaction, the caller, the server's parts, and what agents must be told.
import type { Logger } from '../../lib/log.ts';
import type { Resource } from '../../lib/resource.ts';
import type { Agent } from '../model/agent.ts';
import type { RequestContext } from '../model/context.ts';
import type { Network } from '../model/network.ts';
import type { Port } from '../model/port.ts';
import type { FdbEntries } from '../model/specs.ts';
import type { Condition, Rows, Selection } from '../store/rows.ts';
import type { Store } from '../store/store.ts';
import type { TunnelEnd } from './tunnels.ts';
import type { Policy } from './policy.ts';
import type { Settings } from './settings.ts';

/** Any row, body or set of changes, where the resource is not known by type. */
export type Item = Record<string, unknown>;

/** A message for agents, sent after the commit. `server` names one host; `fanout` means all that listen. */
export interface Cast {
  topic: string;
  method: string;
  args: Record<string, unknown>;
  server?: string;
  fanout?: boolean;
}

/** The way to agents and to those who listen for notifications (the RPC connection, or a recorder in tests). */
export interface Messages {
  cast(message: Cast, context: RequestContext): void;
  notify(eventType: string, payload: unknown, context: RequestContext): void;
}

/** Tells Compute that a port of a server came up, went down or was removed. */
export interface ServerEvents {
  portChanged(change: {
    port: Pick<Port, 'id' | 'device_id'>;
    event: 'plugged' | 'unplugged' | 'deleted';
  }): void;
}

/** Tells L2 agents which ports are where, for networks in tunnels. */
export interface Population {
  /** To be called before the rows, addresses or places of ports change (or go); `list` as they were read. */
  changing(work: Work, list: readonly Port[]): Promise<void>;
  /** At the end of a unit of work: tells how the ports changed. */
  settle(work: Work): Promise<void>;
  /** The tunnels of a host end elsewhere. */
  endMoved(work: Work, was: TunnelEnd | undefined, is: TunnelEnd | undefined): Promise<void>;
  /** All other hosts' entries of networks. */
  entriesFor(rows: Rows, asking: string, network_ids: readonly string[]): Promise<FdbEntries>;
}

/** What the core plug-in does for networks and ports. Throws API errors; keeps its rows in the given transaction. */
export interface CorePlugin {
  /** Types of networks that can be made. */
  networkTypes: readonly string[];
  /** Names of the mechanisms that wire ports. */
  mechanisms: readonly string[];
  /** Takes the segment asked for, or a free one of the tenant types, and tells its attributes. */
  reserveSegment(
    work: Work,
    network_id: string,
    asked: {
      network_type?: string | null;
      physical_network?: string | null;
      segmentation_id?: number | null;
    },
  ): Promise<{ network_type: string; physical_network: string | null; segmentation_id: number | null }>;
  /** The largest MTU a network of this type can have. */
  maximumMtu(network_type: string, physical_network: string | null): number;
  /** How the host is to plug the port: `vif_type` and details, `binding_failed` when no driver can. */
  bindPort(
    work: Work,
    port: Port,
    network: Network,
  ): Promise<Pick<Port, 'binding:vif_type' | 'binding:vif_details'>>;
  /** Undefined: the agents find out by themselves. */
  population: Population | undefined;
}

/** The parts of the running server. */
export interface Env {
  store: Store;
  settings: Settings;
  /** The resources of the loaded plug-ins. */
  resources: readonly Resource[];
  policy: Policy;
  plugin: CorePlugin;
  rules: Record<string, Rules>;
  messages: Messages;
  serverEvents: ServerEvents;
  log: Logger;
}

/** One unit of work: everything in it is committed together or not at all. */
export interface Work {
  rows: Rows;
  context: RequestContext;
  env: Env;
  /** Now, as the API writes times: `2026-01-31T12:00:00Z`. */
  now: string;
  /** Messages owed once committed; equal ones are sent once. */
  casts: Cast[];
  /** Routers whose ports, bindings and hosts are put right before the commit. */
  routers: Set<string>;
  /** Done after the commit, in order. */
  afterCommit: (() => void)[];
  /** What was looked up before in this unit of work. */
  memo: Map<string, unknown>;
}

/** A named action on a row. (Taken from a method, so that the rules of every resource fit one registry.) */
export type Action<Row> = { act(work: Work, row: Row, body: Item): Promise<unknown> }['act'];

/**
 * Behaviour of one resource around the generic operations. `before…` checks and gives further columns, `after…` makes
 * what belongs to it; all run in the request's transaction.
 */
export interface Rules<Row = Item, Create = Item, Update = Item> {
  beforeCreate?(work: Work, body: Create, id: string): Promise<Partial<Row>>;
  afterCreate?(work: Work, row: Row, body: Create): Promise<void>;
  beforeUpdate?(work: Work, row: Row, changes: Update): Promise<Partial<Row>>;
  afterUpdate?(work: Work, row: Row, before: Row, changes: Update): Promise<void>;
  beforeDelete?(work: Work, row: Row): Promise<void>;
  afterDelete?(work: Work, row: Row): Promise<void>;
  /** Computed fields of rows that are about to be shown, in the same order, the same for each; one query for all of them. */
  decorate?(rows: Rows, list: readonly Row[], env: Env, context: RequestContext): Promise<Item[]>;
  /** The columns that `decorate` reads of the rows; what it computes is no column then. Default: all. */
  decoratesBy?: readonly (keyof Row & string)[];
  /** Ways to be what a caller who is no administrator may know of, of which no row goes two; default: rows of the project. */
  scope?(context: RequestContext): Condition[];
  /** Filters on fields that have no column, or that mean more than equality. */
  filters?: Record<
    string,
    (query: Selection, values: readonly string[], context: RequestContext) => Selection
  >;
  /** What policy may ask about a body beyond itself: `network:tenant_id`. (Of rows, `decorate` tells it.) */
  policyTarget?(rows: Rows, body: Item): Promise<Item>;
  /** PUT actions on one row; the answer is the body. */
  actions?: Record<string, Action<Row>>;
  /** Before a list: makes what every project has (its default security group). */
  beforeList?(work: Work): Promise<void>;
  /** The error for an id that is not there (or not the caller's); `parent` is the id of what it should be part of. */
  notFound(id: string, parent?: string): Error;
}

export type { Agent, Resource };
