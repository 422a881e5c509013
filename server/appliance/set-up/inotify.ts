// How many programs may watch folders at once: one bound for all containers of a machine together.
import { readFileSync, writeFileSync } from 'node:fs';

/** inotify(7): instances per user; nodes share the host's. */
export const inotifyFile = '/proc/sys/fs/inotify/max_user_instances';

/** Of a lab with five nodes and some instances, counted on one that ran. */
export const watchersOfLab = 12;

/** Enough for a class of thirty, with as much again for everything else; the usual 128 end before the tenth lab. */
export const wantedWatchers = 1024;

/** The bound; undefined where this system has none. */
export function readWatchers(file = inotifyFile): number | undefined {
  try {
    return Number(readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}

/** Raises the bound until the next start of the machine, where it is lower and this user may. */
export function raiseWatchers(say: (text: string) => void, file = inotifyFile): void {
  const now = readWatchers(file);
  if (now === undefined || now >= wantedWatchers) return;
  try {
    writeFileSync(file, `${wantedWatchers}\n`);
    say(`Raised fs.inotify.max_user_instances from ${now} to ${wantedWatchers}: labs share it`);
  } catch {
    // 'patchbay doctor' tells; agents without a watcher look every half second
  }
}
