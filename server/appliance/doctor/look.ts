// Looks at this machine: kernel, memory, disk, devices. Changes nothing.
import { existsSync, readFileSync, statSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { availableParallelism, freemem, platform, release } from 'node:os';
import { readWatchers } from '../set-up/inotify.ts';
import { runProgram } from '../set-up/run-program.ts';

export type ModuleState = 'loaded' | 'built in' | 'loadable' | 'absent';

export interface HostLook {
  platform: string;
  kernel: string;
  cpus: number;
  memoryFreeBytes: number;
  diskPath: string;
  diskFreeBytes: number;
  /** Permission bits of /dev/net/tun; undefined where it is missing. */
  tunMode: number | undefined;
  /** Programs that may watch folders at once; undefined where nothing bounds them. */
  watchers: number | undefined;
  kernelModules: Record<string, ModuleState>;
}

const wanted = ['veth', 'vxlan', 'bridge', 'br_netfilter', 'overlay', 'openvswitch', '8021q'];

/** Signs of a module that is part of the kernel and listed nowhere. */
const signs: Record<string, () => boolean> = {
  overlay: () => /\boverlay$/m.test(readText('/proc/filesystems')),
  br_netfilter: () => existsSync('/proc/sys/net/bridge'),
  '8021q': () => existsSync('/proc/net/vlan'),
};

/** A kind of link that the kernel can make even if nothing lists its module. */
const linkTypes: Record<string, string[]> = {
  veth: ['type', 'veth', 'peer', 'name', 'pbprobe1'],
  vxlan: ['type', 'vxlan', 'id', '16777215', 'dstport', '4791'],
  bridge: ['type', 'bridge'],
};

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

/** Makes and removes a link in a network namespace of its own, which needs root; elsewhere nothing is found. */
async function canMakeLink(words: string[]): Promise<boolean> {
  const argv = ['unshare', '--net', 'ip', 'link', 'add', 'pbprobe0', ...words];
  return runProgram(argv, { timeoutMs: 5_000 }).then(
    () => true,
    () => false,
  );
}

async function lookForModule(name: string): Promise<ModuleState> {
  if (new RegExp(`^${name} `, 'm').test(readText('/proc/modules'))) return 'loaded';
  const folder = `/lib/modules/${release()}`;
  const listed = (file: string) => readText(`${folder}/${file}`).includes(`/${name}.ko`);
  if (listed('modules.builtin')) return 'built in';
  if (signs[name]?.() === true) return 'built in';
  if (linkTypes[name] !== undefined && (await canMakeLink(linkTypes[name]))) return 'built in';
  return listed('modules.dep') ? 'loadable' : 'absent';
}

/** `diskPath` is where the engine keeps its images. */
export async function lookAtHost(diskPath: string): Promise<HostLook> {
  const path = existsSync(diskPath) ? diskPath : '/';
  const { bavail, bsize } = await statfs(path);
  const available = /^MemAvailable:\s+(\d+) kB/m.exec(readText('/proc/meminfo'));
  const states = wanted.map(async (name) => [name, await lookForModule(name)] as const);
  return {
    platform: platform(),
    kernel: release(),
    cpus: availableParallelism(),
    memoryFreeBytes: available === null ? freemem() : Number(available[1]) * 1024,
    diskPath: path,
    diskFreeBytes: bavail * bsize,
    watchers: readWatchers(),
    tunMode: existsSync('/dev/net/tun') ? statSync('/dev/net/tun').mode & 0o777 : undefined,
    kernelModules: Object.fromEntries(await Promise.all(states)),
  };
}
