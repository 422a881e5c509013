// Changes in Open vSwitch's database as they happen: OVSDB's `monitor` (RFC 7047) over the database's socket, with reconnect.
// `ovsdb-client monitor` speaks the same, but follows one table per process.
import { connect, type Socket } from 'node:net';
import { splitMessages } from './json-messages.ts';
import { decodeOvsValue, type OvsRow, type TableQuery } from './ovs-vsctl.ts';
import { databaseSocket } from './ovsdb-read.ts';

/** What happened to one row. */
export interface OvsdbChange {
  table: string;
  /** uuid of the row. */
  row: string;
  /** Columns after the change; undefined when the row is gone. */
  now: OvsRow | undefined;
  /** Columns before it: all when the row is gone, the changed ones otherwise; undefined for a row that is new to us. */
  before: OvsRow | undefined;
}

export interface MonitorOptions {
  tables: readonly TableQuery[];
  /** Rows of one transaction. The first call after each connect holds everything there is, as new rows. */
  onChange(changes: OvsdbChange[], isInitial: boolean): void;
  /** Once per outage. */
  onLost?(reason: string): void;
  /** The database's socket. */
  socket?: string;
}

const firstWaitMs = 100;
const longestWaitMs = 2000;

/** Starts monitoring, now or as soon as the database answers; `stop` ends it. */
export function monitorOvsdb(options: MonitorOptions): { stop(): void } {
  const { tables, onChange, onLost, socket: path = databaseSocket } = options;
  let socket: Socket;
  let waitMs = firstWaitMs;
  let isToldLost = false;
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;

  function start(): void {
    let reason = 'connection closed';
    const takeMessages = splitMessages((message) => {
      const { method, params, id, result, error } = message;
      if (method === 'echo') socket.write(JSON.stringify({ id, result: params, error: null }));
      else if (method === 'update') onChange(parseUpdates((params as unknown[])[1]), false);
      else if (id === 'monitor' && error) {
        reason = `monitor refused: ${JSON.stringify(error)}`;
        socket.destroy();
      } else if (id === 'monitor') {
        waitMs = firstWaitMs;
        isToldLost = false;
        onChange(parseUpdates(result), true);
      }
    });
    socket = connect(path);
    socket.setEncoding('utf8');
    socket.on('connect', () => {
      const requests = Object.fromEntries(tables.map(({ table, columns }) => [table, { columns }]));
      socket.write(
        JSON.stringify({ method: 'monitor', params: ['Open_vSwitch', 'all', requests], id: 'monitor' }),
      );
    });
    socket.on('data', takeMessages);
    socket.on('error', (error) => (reason = error.message));
    socket.on('close', () => {
      if (stopped) return;
      if (!isToldLost) onLost?.(reason);
      isToldLost = true;
      timer = setTimeout(start, waitMs);
      waitMs = Math.min(waitMs * 2, longestWaitMs);
    });
  }

  start();
  return {
    stop: () => {
      stopped = true;
      clearTimeout(timer);
      socket.destroy();
    },
  };
}

type RawUpdates = Record<
  string,
  Record<string, { old?: Record<string, unknown>; new?: Record<string, unknown> }>
>;

/** OVSDB's `<table-updates>` as a list of rows. */
export function parseUpdates(updates: unknown): OvsdbChange[] {
  return Object.entries((updates ?? {}) as RawUpdates).flatMap(([table, rows]) =>
    Object.entries(rows).map(([row, change]) => ({
      table,
      row,
      now: decodeRow(change.new),
      before: decodeRow(change.old),
    })),
  );
}

const decodeRow = (columns: Record<string, unknown> | undefined): OvsRow | undefined =>
  columns &&
  Object.fromEntries(Object.entries(columns).map(([name, value]) => [name, decodeOvsValue(value)]));
