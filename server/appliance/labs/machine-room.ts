// What the engine's machine has left: read from the kernel where the engine is on this machine, else reckoned.
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Engine } from '../engine/engine.ts';
import type { Needs, Room } from './needs.ts';

/** Free and total memory in bytes from /proc/meminfo. Throws when it has neither. */
export function parseMeminfo(text: string): Pick<Room, 'freeBytes' | 'totalBytes'> {
  const bytesOf = (name: string) => {
    const kilobytes = new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(text)?.[1];
    if (kilobytes === undefined) throw new Error(`/proc/meminfo has no ${name}`);
    return Number(kilobytes) * 1024;
  };
  return { freeBytes: bytesOf('MemAvailable'), totalBytes: bytesOf('MemTotal') };
}

/** A memory limit of a control group with what is used of it; file cache that can be dropped is not used. */
export interface GroupMemory {
  limitBytes: number;
  usedBytes: number;
}

/** The room that is left when a group's limit counts too. */
export function withGroup(
  room: Pick<Room, 'freeBytes' | 'totalBytes'>,
  group: GroupMemory | undefined,
): Pick<Room, 'freeBytes' | 'totalBytes'> {
  if (group === undefined || group.limitBytes >= room.totalBytes) return room;
  const left = Math.max(0, group.limitBytes - group.usedBytes);
  return { freeBytes: Math.min(room.freeBytes, left), totalBytes: group.limitBytes };
}

const numberIn = async (file: string) => {
  const text = await readFile(file, 'utf8').catch(() => '');
  return /^\d+\s*$/.test(text) ? Number(text) : undefined;
};

/** The limit that this process's own control group sets, of either version; undefined where there is none. */
async function readGroup(root: string): Promise<GroupMemory | undefined> {
  const own = await readFile('/proc/self/cgroup', 'utf8').catch(() => '');
  const pathOf = (pattern: RegExp) => pattern.exec(own)?.[1] ?? '/';
  const second = join(root, pathOf(/^0::(.*)$/m));
  const first = join(root, 'memory', pathOf(/^\d+:memory:(.*)$/m));
  const found = [
    { folder: second, limit: 'memory.max', used: 'memory.current', idle: 'inactive_file' },
    {
      folder: first,
      limit: 'memory.limit_in_bytes',
      used: 'memory.usage_in_bytes',
      idle: 'total_inactive_file',
    },
  ];
  for (const { folder, limit, used, idle } of found) {
    const limitBytes = await numberIn(join(folder, limit));
    const usedBytes = await numberIn(join(folder, used));
    if (limitBytes === undefined || usedBytes === undefined) continue;
    const stat = await readFile(join(folder, 'memory.stat'), 'utf8').catch(() => '');
    const idleBytes = Number(new RegExp(`^${idle} (\\d+)$`, 'm').exec(stat)?.[1] ?? 0);
    return { limitBytes, usedBytes: usedBytes - idleBytes };
  }
  return undefined;
}

/**
 * How to look at the room for labs. An engine elsewhere tells its size only: there the labs that run, given as their
 * needs, are taken off it. A container's own limit binds the appliance in it and not the labs beside it.
 */
export async function roomOf(engine: Engine): Promise<(running: Needs[]) => Promise<Room>> {
  const facts = await engine.readFacts();
  const isHere = engine.host.startsWith('unix://');
  const isContained = existsSync('/.dockerenv');
  return async (running) => {
    const cores = facts.cpus;
    if (!isHere) {
      const taken = running.reduce((total, { memoryBytes }) => total + memoryBytes, 0);
      return { cores, freeBytes: facts.memoryBytes - taken, totalBytes: facts.memoryBytes };
    }
    const machine = parseMeminfo(await readFile('/proc/meminfo', 'utf8'));
    return { cores, ...withGroup(machine, isContained ? undefined : await readGroup('/sys/fs/cgroup')) };
  };
}
