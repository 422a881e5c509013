// What this host has of an instance: folder, disk, namespace, devices, processes.
import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readMountPoints } from '../../../host/guest-netns.ts';
import { readGuest, type GuestProcess } from '../../../host/guest-process.ts';
import { heldAlias, pluggedAs, vifNames, type VifKind } from '../../../host/guest-vif.ts';
import { readLinks } from '../../../host/link.ts';
import { readOvsPortsIfAny } from '../../../host/ovs-ports.ts';
import { readNics, type Nics } from './live-migration.ts';
import { folderOf, netnsOf, type Settings } from './settings.ts';

/** What was written down when the guest was started. */
export interface StartedAs {
  generation: number;
  rebuilds: number;
}

export interface Actual {
  hasFolder: boolean;
  /** The unpacked image of its disk, if one was found. */
  base: string | undefined;
  hasDisk: boolean;
  hasNetns: boolean;
  /** Name inside by port id, as written down when plugged. */
  nics: Record<string, string>;
  /** How ports whose devices are whole are plugged. */
  plugged: ReadonlyMap<string, VifKind>;
  /** Ports whose device outside of the instance is up. */
  audible: readonly string[];
  /** Ports that we ourselves keep everything from. */
  held: readonly string[];
  /** What the host it comes from told of its interfaces. */
  toldNics: Nics | undefined;
  guest: GuestProcess | undefined;
  startedAs: StartedAs | undefined;
  /** The guest asked to be started again when it ended. */
  asksForReboot: boolean;
}

export async function readActual(settings: Settings, uuid: string): Promise<Actual> {
  const folder = folderOf(settings, uuid);
  const netns = netnsOf(uuid);
  const [mounts, links, ports, guest, base, nics, startedAs, toldNics] = await Promise.all([
    readMountPoints(),
    readLinks(),
    readOvsPortsIfAny(),
    readGuest(folder, netns),
    readText(join(folder, 'base')),
    readJson<Record<string, string>>(join(folder, 'vifs.json')),
    readJson<StartedAs>(join(folder, 'guest.json')),
    readNics(folder),
  ]);
  const byName = new Map(links.map((link) => [link.name, link]));
  const known = new Set(Object.keys(nics ?? {}));
  // Devices may be there without a folder: the switch knows whose they are.
  for (const { externalIds } of ports.values())
    if (externalIds['vm-uuid'] === uuid && externalIds['iface-id'] !== undefined)
      known.add(externalIds['iface-id']);
  return {
    hasFolder: existsSync(folder),
    base: base !== undefined && existsSync(base) ? base : undefined,
    hasDisk: mounts.has(join(folder, 'disk')),
    hasNetns: mounts.has(netns),
    nics: Object.fromEntries([...known].map((port_id) => [port_id, nics?.[port_id] ?? ''])),
    plugged: new Map(
      [...known].flatMap((port_id) => {
        const kind = pluggedAs(port_id, byName, ports);
        return kind === undefined ? [] : [[port_id, kind] as const];
      }),
    ),
    audible: [...known].filter((port_id) => byName.get(vifNames(port_id).tap)?.isUp === true),
    held: [...known].filter((port_id) => byName.get(vifNames(port_id).tap)?.alias === heldAlias),
    toldNics,
    guest,
    startedAs,
    asksForReboot: existsSync(join(folder, 'disk/upper/.reboot')),
  };
}

/** Instances that left something on this host. */
export async function listInstances(settings: Settings): Promise<string[]> {
  const [folders, ports] = await Promise.all([
    readdir(settings.instancesPath).catch(() => [] as string[]),
    readOvsPortsIfAny(),
  ]);
  const owners = [...ports.values()].flatMap(({ externalIds }) => externalIds['vm-uuid'] ?? []);
  return [...new Set([...folders.filter((name) => /^[0-9a-f]{8}(-[0-9a-f]{4}){3}/.test(name)), ...owners])];
}

const readText = (file: string) =>
  readFile(file, 'utf8').then(
    (text) => text.trim(),
    () => undefined,
  );

async function readJson<T>(file: string): Promise<T | undefined> {
  const text = await readText(file);
  try {
    return text === undefined ? undefined : (JSON.parse(text) as T);
  } catch {
    return undefined; // cut off by the end of the node: as good as not written
  }
}
