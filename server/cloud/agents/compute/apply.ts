// Does the steps of a plan, each safe to repeat.
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { announceAddress } from '../../../host/arping.ts';
import { unpackGuest } from '../../../host/guest-archive.ts';
import { ensureGuestDisk, removeGuestDisk } from '../../../host/guest-disk.ts';
import { ensureGuestNetns, removeGuestNetns } from '../../../host/guest-netns.ts';
import { killGuest, setGuestFrozen, startGuest, type GuestProcess } from '../../../host/guest-process.ts';
import { plugVif, setVifUp, unplugVif } from '../../../host/guest-vif.ts';
import { releasePorts } from '../../client/instance-ports.ts';
import type { Session } from '../../client/session.ts';
import type { InstanceSpec, VifSpec } from '../../model/instance.ts';
import type { Conductor } from './desired.ts';
import { PluggingFailed } from './failing.ts';
import { findImage } from './image.ts';
import { keepNics, readNics, takeOver, type Nics } from './live-migration.ts';
import { allocatePorts, bindPorts } from './ports.ts';
import { folderOf, netnsOf, type Settings } from './settings.ts';
import type { InstanceStep } from './steps.ts';

export interface ApplyDeps {
  settings: Settings;
  session: Pick<Session, 'request'>;
  conductor: Conductor;
  /** Ports were allocated: there is more to do. */
  onAllocated(uuid: string): void;
  /** Asks another host for the disk of an instance that comes from there. */
  fetchDisk(uuid: string, from: string): Promise<Buffer>;
  /** Asks another host for an instance as it runs, and for its interfaces beforehand. */
  fetchGuest(uuid: string, from: string): Promise<Buffer>;
  fetchNics(uuid: string, from: string): Promise<Nics>;
  onWaiting(uuid: string): void;
  onStarted(uuid: string, exited: Promise<number>): void;
}

const leastDiskMb = 64;
const mostDiskMb = 256;

const diskMbOf = ({ disk_gb }: InstanceSpec) => Math.min(Math.max(disk_gb * 1024, leastDiskMb), mostDiskMb);

export async function apply(deps: ApplyDeps, uuid: string, steps: readonly InstanceStep[]): Promise<void> {
  for (const step of steps) await applyStep(deps, uuid, step);
}

async function applyStep(deps: ApplyDeps, uuid: string, step: InstanceStep): Promise<void> {
  const { settings, session, conductor } = deps;
  const folder = folderOf(settings, uuid);
  switch (step.kind) {
    case 'find-image': {
      const base = await findImage(settings, session, step.spec.image_id);
      await mkdir(folder, { recursive: true });
      await writeFile(join(folder, 'base'), `${base}\n`);
      return;
    }
    case 'allocate-ports': {
      await conductor.update({ uuid, task_state: 'networking' });
      const network_info = await allocatePorts(session, step.spec, settings.host);
      await conductor.update({ uuid, task_state: 'spawning', network_info });
      return deps.onAllocated(uuid);
    }
    case 'make-disk':
      return ensureGuestDisk(folder, diskMbOf(step.spec));
    case 'fetch-disk': {
      const archive = await deps.fetchDisk(uuid, step.from);
      await ensureGuestDisk(folder, diskMbOf(step.spec));
      try {
        return await unpackGuest(folder, archive);
      } catch (error) {
        // half of a disk would be taken for a whole one
        await removeGuestDisk(folder);
        throw error;
      }
    }
    case 'bind-ports':
      await conductor.update({ uuid, network_info: await bindPorts(session, step.vifs, settings.host) });
      return deps.onAllocated(uuid);
    case 'make-netns':
      return ensureGuestNetns(netnsOf(uuid));
    case 'plug-vif':
      return plugIn(settings, uuid, step).catch((error: Error) => {
        throw new PluggingFailed(error.message, { cause: error });
      });
    case 'learn-nics':
      await keepNics(settings, uuid, await deps.fetchNics(uuid, step.from));
      return deps.onAllocated(uuid);
    case 'take-over':
      return takeOver(
        {
          ...deps,
          plug: (vif) => plugAgain(settings, uuid, vif),
          release: async (guest, vifs) => {
            await thaw(
              guest,
              vifs.map(({ port_id }) => port_id),
            );
            await announce(settings, uuid, vifs);
          },
        },
        step.spec,
        step.from,
      );
    case 'wait-for-arrival':
      return;
    case 'unplug-vif':
      await unplugVif(step.port_id);
      return changeNics(folder, ({ [step.port_id]: _gone, ...others }) => others);
    case 'wait-for-ports':
      return deps.onWaiting(uuid);
    case 'start-guest':
      return start(deps, uuid, step.spec);
    case 'freeze-guest':
      await setGuestFrozen(step, true);
      await Promise.all(step.port_ids.map((port_id) => setVifUp(port_id, false)));
      return;
    case 'thaw-guest':
      return thaw(step, step.port_ids);
    case 'announce':
      return announce(settings, uuid, step.vifs);
    case 'kill-guest':
      return killGuest(step);
    case 'silence-ports':
      await Promise.all(step.port_ids.map((port_id) => setVifUp(port_id, false)));
      return;
    case 'remove-disk':
      return removeGuestDisk(folder);
    case 'remove-netns':
      return removeGuestNetns(netnsOf(uuid));
    case 'remove-folder':
      return rm(folder, { recursive: true, force: true });
    case 'release-ports':
      return releasePorts(session, step.ports);
  }
}

async function plugIn(
  settings: Settings,
  uuid: string,
  { vif, nic, isHeld = false }: { vif: VifSpec; nic: string; isHeld?: boolean },
): Promise<void> {
  const { port_id, mac_address, mtu, plug: kind = 'hybrid' } = vif;
  // Written first: what is plugged must be found again whatever happens.
  await changeNics(folderOf(settings, uuid), (nics) => ({ ...nics, [port_id]: nic }));
  const netns = netnsOf(uuid);
  const bridge = kind === 'bridge' ? `brq${vif.network_id.slice(0, 11)}` : settings.bridge;
  const index = isHeld ? (await readNics(folderOf(settings, uuid)))?.[port_id]?.index : undefined;
  await plugVif({
    ...{ port_id, mac_address, mtu, nic, netns, vm_uuid: uuid, bridge, kind },
    ...(index === undefined ? {} : { index }),
  });
  if (isHeld) await setVifUp(port_id, false);
}

async function thaw(guest: Pick<GuestProcess, 'pid'>, port_ids: readonly string[]): Promise<void> {
  await Promise.all(port_ids.map((port_id) => setVifUp(port_id, true)));
  await setGuestFrozen(guest, false);
}

/** Plugs an interface in another way than before, and lets nothing reach it yet. */
async function plugAgain(settings: Settings, uuid: string, vif: VifSpec): Promise<void> {
  const nic = (await readNics(folderOf(settings, uuid)))?.[vif.port_id]?.nic;
  if (nic === undefined) return;
  await unplugVif(vif.port_id);
  await plugIn(settings, uuid, { vif, nic, isHeld: true });
}

/** Three times within two seconds, and nobody waits for it. */
async function announce(settings: Settings, uuid: string, vifs: readonly VifSpec[]): Promise<void> {
  const nics = (await readNics(folderOf(settings, uuid))) ?? {};
  for (const { port_id, fixed_ips } of vifs)
    for (const { ip_address: address } of fixed_ips) {
      const dev = nics[port_id]?.nic;
      if (dev === undefined || address.includes(':')) continue;
      // An instance that has given the address up, or ended, has nothing to tell.
      announceAddress({ dev, address, count: 3, netns: netnsOf(uuid) }).catch(() => undefined);
    }
}

/** Changes vifs.json, in which the names of the interfaces outlive restarts. */
async function changeNics(
  folder: string,
  change: (nics: Record<string, string>) => Record<string, string>,
): Promise<void> {
  const file = join(folder, 'vifs.json');
  const text = await readFile(file, 'utf8').catch(() => '{}');
  await mkdir(folder, { recursive: true });
  await writeFile(file, JSON.stringify(change(JSON.parse(text) as Record<string, string>)));
}

/** The folder that the instance sees as its config drive; none is left of an earlier one. */
async function writeConfigDrive(folder: string, files: InstanceSpec['config_drive']): Promise<void> {
  const drive = join(folder, 'config-drive');
  await rm(drive, { recursive: true, force: true });
  for (const [path, content] of Object.entries(files ?? {})) {
    await mkdir(dirname(join(drive, path)), { recursive: true });
    await writeFile(join(drive, path), Buffer.from(content, 'base64'));
  }
}

async function start(deps: ApplyDeps, uuid: string, spec: InstanceSpec): Promise<void> {
  const folder = folderOf(deps.settings, uuid);
  const base = (await readFile(join(folder, 'base'), 'utf8')).trim();
  await rm(join(folder, 'disk/upper/.reboot'), { force: true });
  await writeFile(join(folder, 'guest.name'), `${spec.name}\n`);
  // As a serial console: each start begins a new log.
  await writeFile(join(folder, 'console.log'), '');
  const started = { generation: spec.generation, rebuilds: spec.rebuilds };
  await writeFile(join(folder, 'guest.json'), JSON.stringify(started));
  await writeConfigDrive(folder, spec.config_drive);
  await Promise.all((spec.network_info ?? []).map(({ port_id }) => setVifUp(port_id, true)));
  const { exited } = await startGuest({ folder, base, netns: netnsOf(uuid), hostname: spec.hostname });
  deps.onStarted(uuid, exited);
}
