// Open vSwitch's database, read over its socket (OVSDB's `transact`, RFC 7047) without starting a process.
import { connect } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { splitMessages } from './json-messages.ts';
import { decodeOvsValue, type OvsRow, type TableQuery } from './ovs-vsctl.ts';

export const databaseSocket = '/run/openvswitch/db.sock';
const timeoutMs = 10_000;
const retryMs = 100;

/** Rows of several tables at one moment, one list per query; a database that is just starting is waited for, at most 10 s. */
export async function readTables(
  queries: readonly TableQuery[],
  socket = databaseSocket,
): Promise<OvsRow[][]> {
  const selects = queries.map(({ table, columns }) => ({ op: 'select', table, where: [], columns }));
  const request = JSON.stringify({ method: 'transact', params: ['Open_vSwitch', ...selects], id: 0 });
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    try {
      return parseSelects(await ask(socket, request, deadline - Date.now()));
    } catch (error) {
      if (!(error instanceof DatabaseAway) || Date.now() + retryMs > deadline) throw error;
      await wait(retryMs);
    }
  }
}

/** Nobody listens on the database's socket. */
class DatabaseAway extends Error {}

function ask(path: string, request: string, patienceMs: number): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const socket = connect(path);
    const fail = (reason: string, Kind: new (message: string) => Error = Error) => {
      socket.destroy();
      reject(new Kind(`The database of Open vSwitch does not answer: ${reason}`));
    };
    socket.setEncoding('utf8');
    socket.setTimeout(Math.max(patienceMs, 1), () => fail('timeout'));
    socket.on('error', (error) => fail(error.message, DatabaseAway));
    socket.on('close', () => fail('connection closed', DatabaseAway));
    socket.on(
      'data',
      splitMessages(({ id, method, result, error }) => {
        if (method === 'echo' || id !== 0) return;
        socket.removeAllListeners('close');
        socket.destroy();
        if (error) reject(new Error(`Open vSwitch's database refuses: ${JSON.stringify(error)}`));
        else resolve(result);
      }),
    );
    socket.write(request);
  });
}

/** What the database answers to `select` operations. */
export function parseSelects(result: unknown): OvsRow[][] {
  type Answer = { rows?: Record<string, unknown>[]; error?: string; details?: string } | null;
  return (result as Answer[]).map((answer) => {
    if (answer?.rows === undefined)
      throw new Error(`Open vSwitch's database refuses: ${answer?.error} ${answer?.details ?? ''}`);
    return answer.rows.map((row) =>
      Object.fromEntries(Object.entries(row).map(([name, value]) => [name, decodeOvsValue(value)])),
    );
  });
}
