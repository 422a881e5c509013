// The instances of a running lab, as its compute API lists them. Open vSwitch on each compute node tells when a port comes
// or goes; then the API is asked, and again while it speaks of something under way.
import type { Engine } from '../engine/engine.ts';
import type { InstanceState } from '../http/types.ts';
import { openTerminal } from '../labs/exec.ts';
import { attachLab } from '../proof/attach-lab.ts';
import { createGround } from '../proof/ground.ts';

const gatherMs = 300;
const underWayMs = 1_000;
/** A node whose Open vSwitch is being restarted tells nothing for a while. */
const followAgainMs = 3_000;
/** Asked at most this often in a row about something under way. */
const mostAsks = 60;

const monitor = [
  'ovsdb-client',
  '--no-headings',
  'monitor',
  'Open_vSwitch',
  'Interface',
  'name,external_ids',
];

export interface InstanceWatch {
  engine: Engine;
  lab: string;
  onInstances: (instances: InstanceState[]) => void;
  log: { error(message: string): void };
}

/** Tells the instances now and after every change; returns how to stop. */
export function watchInstances({ engine, lab, onInstances, log }: InstanceWatch): () => void {
  const closers = new Map<string, () => void>();
  const timers = new Set<NodeJS.Timeout>();
  let isStopped = false;
  let asks = 0;
  let nextAsk: NodeJS.Timeout | undefined;
  let told = '';

  const later = (ms: number, action: () => void) => {
    const timer = setTimeout(() => {
      timers.delete(timer);
      if (!isStopped) action();
    }, ms);
    timers.add(timer);
    return timer;
  };
  const askSoon = (ms: number) => {
    if (nextAsk !== undefined) return;
    nextAsk = later(ms, () => {
      nextAsk = undefined;
      void ask();
    });
  };
  const ask = async () => {
    const rows = await fetchServers(engine, lab).catch(() => undefined);
    if (isStopped) return;
    const instances = (rows ?? []).map(instanceOf);
    if (rows !== undefined && JSON.stringify(instances) !== told) {
      told = JSON.stringify(instances);
      onInstances(instances);
    }
    // An API that does not answer is under way too: it is being restarted.
    const isUnderWay = rows === undefined || rows.some(isChanging);
    if (isUnderWay && ++asks < mostAsks) askSoon(underWayMs);
  };

  const follow = async (node: string) => {
    const terminal = await openTerminal(engine, lab, node, monitor, { cols: 200, rows: 50 }).catch(
      () => undefined,
    );
    if (isStopped) return terminal?.close();
    if (terminal === undefined) return void later(followAgainMs, () => void follow(node));
    closers.set(node, terminal.close);
    terminal.stream.on('data', () => {
      asks = 0;
      askSoon(gatherMs);
    });
    terminal.stream.once('close', () => {
      closers.delete(node);
      if (!isStopped) later(followAgainMs, () => void follow(node));
    });
  };

  attachLab(engine, lab)
    .then(({ nodeNames }) => {
      if (isStopped) return;
      askSoon(0);
      for (const node of nodeNames.filter((name) => name.startsWith('compute'))) void follow(node);
    })
    .catch((error: unknown) => log.error(`The instances of lab ${lab} are not followed: ${String(error)}`));

  return () => {
    isStopped = true;
    for (const timer of timers) clearTimeout(timer);
    for (const close of [...closers.values()]) close();
  };
}

interface ServerRow {
  name: string;
  status: string;
  addresses: Record<string, { addr: string }[]>;
  'OS-EXT-SRV-ATTR:host'?: string | null;
  'OS-EXT-STS:task_state'?: string | null;
}

async function fetchServers(engine: Engine, lab: string): Promise<ServerRow[]> {
  const { get } = createGround(await attachLab(engine, lab));
  const { status, body } = await get('compute', '/v2.1/servers/detail?all_tenants=1');
  if (status >= 400) throw new Error(`the compute API answers ${status}`);
  return (body as { servers: ServerRow[] }).servers;
}

const isChanging = (row: ServerRow) =>
  row.status === 'BUILD' || (row['OS-EXT-STS:task_state'] ?? null) !== null || addressesOf(row).length === 0;

const addressesOf = (row: ServerRow) =>
  Object.values(row.addresses).flatMap((list) => list.map(({ addr }) => addr));

function instanceOf(row: ServerRow): InstanceState {
  const host = row['OS-EXT-SRV-ATTR:host'];
  return {
    name: row.name,
    status: row.status,
    addresses: addressesOf(row),
    ...(typeof host === 'string' && host !== '' ? { node: host } : {}),
  };
}
