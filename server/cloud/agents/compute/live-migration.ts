// The two ends of a live migration: the host that an instance leaves hands it over stopped, the other one takes it. Neither lets
// it go on before the conductor has said which host it is on.
import { existsSync } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { diskPath, packGuest, unpackGuest } from '../../../host/guest-archive.ts';
import { dumpGuest, prepareCheckpoints, restoreGuest } from '../../../host/guest-checkpoint.ts';
import { readNetworkState, writeNetworkState, type NetworkState } from '../../../host/guest-network-state.ts';
import { killGuestsIn, readGuest, watchGuest, type GuestProcess } from '../../../host/guest-process.ts';
import { nicIndexOf, setVifUp } from '../../../host/guest-vif.ts';
import type { Session } from '../../client/session.ts';
import type { InstanceSpec, VifSpec } from '../../model/instance.ts';
import { readActual } from './actual.ts';
import type { Conductor } from './desired.ts';
import { bindPorts } from './ports.ts';
import { folderOf, netnsOf, type Settings } from './settings.ts';

/** An interface inside an instance: what its processes know it by. */
export interface Nic {
  nic: string;
  index: number;
}

/** What the next host must know before it plugs, by port id. */
export type Nics = Record<string, Nic>;

const networkFile = 'network.json';
const moving = [
  ...['checkpoint', networkFile, 'console.log', 'config-drive', 'guest.json', 'guest.name', diskPath],
];

/** The interfaces of an instance of this host. */
export async function describeNics(settings: Settings, uuid: string): Promise<Nics> {
  const { nics, guest } = await readActual(settings, uuid);
  if (guest === undefined) throw new Error(`Instance ${uuid} does not run on this host`);
  await prepareCheckpoints(netnsOf(uuid));
  const entries = Object.entries(nics).map(
    async ([port_id, nic]) => [port_id, { nic, index: await nicIndexOf(port_id) }] as const,
  );
  return Object.fromEntries(await Promise.all(entries));
}

/** Stops an instance that is to leave and answers with all of it. Nothing reaches it from here on. */
export async function handOver(
  { settings, conductor }: { settings: Settings; conductor: Conductor },
  uuid: string,
): Promise<Buffer> {
  const spec = await conductor.get(uuid);
  if (spec?.wanted !== 'leaving') throw new Error(`Instance ${uuid} is not to leave this host`);
  const folder = folderOf(settings, uuid);
  const netns = netnsOf(uuid);
  const { guest, nics } = await readActual(settings, uuid);
  if (guest === undefined) throw new Error(`Instance ${uuid} does not run on this host`);
  // with the carrier still there: without, addresses that end are not asked for again
  await writeFile(join(folder, networkFile), JSON.stringify(await readNetworkState(netns)));
  await Promise.all(Object.keys(nics).map((port_id) => setVifUp(port_id, false)));
  await dumpGuest({ folder, netns, pid: guest.pid });
  try {
    return await packGuest(folder, moving);
  } finally {
    await Promise.all(
      ['checkpoint', networkFile].map((name) => rm(join(folder, name), { recursive: true, force: true })),
    );
  }
}

export interface TakeOverDeps {
  settings: Settings;
  session: Pick<Session, 'request'>;
  conductor: Conductor;
  /** Asks another host for a whole instance, which is stopped there by that. */
  fetchGuest(uuid: string, from: string): Promise<Buffer>;
  /** Plugs an interface anew, so that nothing reaches it yet. */
  plug(vif: VifSpec): Promise<void>;
  /** Lets an instance go on. */
  release(guest: GuestProcess, vifs: readonly VifSpec[]): Promise<void>;
  onStarted(uuid: string, exited: Promise<number>): void;
}

/** Takes an instance whose disk, namespace and interfaces are ready here: its ports are bound while it is on its way. */
export async function takeOver(deps: TakeOverDeps, spec: InstanceSpec, from: string): Promise<void> {
  const { settings, conductor, session } = deps;
  const { uuid } = spec;
  const folder = folderOf(settings, uuid);
  const netns = netnsOf(uuid);
  // what is left of an earlier try that was interrupted
  await Promise.all([killGuestsIn(netns), prepareCheckpoints(netns)]);
  const vifs = spec.network_info ?? [];
  const [archive, bound] = await Promise.all([
    deps.fetchGuest(uuid, from),
    bindPorts(session, vifs, settings.host),
  ]);
  const changed = bound.filter(({ plug }, index) => plug !== vifs[index]!.plug);
  if (changed.length > 0) await conductor.update({ uuid, network_info: bound });
  for (const vif of changed) await deps.plug(vif);
  await unpackGuest(folder, archive);
  const state = JSON.parse(await readFile(join(folder, networkFile), 'utf8')) as NetworkState;
  await writeNetworkState(netns, state);
  const base = (await readFile(join(folder, 'base'), 'utf8')).trim();
  try {
    await restoreGuest({ folder, netns, base });
  } finally {
    await rm(join(folder, 'checkpoint'), { recursive: true, force: true });
    await rm(join(folder, networkFile), { force: true });
  }
  const guest = await readGuest(folder, netns);
  if (guest === undefined) throw new Error(`Instance ${uuid} ended on its way`);
  deps.onStarted(uuid, watchGuest(guest));
  await conductor.update({ uuid, migration: 'arrived' });
  // The next pass would do the same: here it is done before anything is read again.
  if ((await conductor.get(uuid))?.wanted === 'running') await deps.release(guest, bound);
}

const indexFile = 'nics.json';

/** Writes down what the other host told of the interfaces. */
export async function keepNics(settings: Settings, uuid: string, nics: Nics): Promise<void> {
  const folder = folderOf(settings, uuid);
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, indexFile), JSON.stringify(nics));
}

/** What was written down of them; undefined where nothing was. */
export async function readNics(folder: string): Promise<Nics | undefined> {
  const file = join(folder, indexFile);
  if (!existsSync(file)) return undefined;
  return JSON.parse(await readFile(file, 'utf8')) as Nics;
}
