// Watches a folder: by the kernel (inotify(7)), or by looking where the kernel has no watcher left.
import { readdirSync, statSync, watch } from 'node:fs';
import { join } from 'node:path';

export interface FolderWatch {
  close(): void;
}

const lookEveryMs = 500;

/** All nodes of a machine share `fs.inotify.max_user_instances`; without one an agent is slower, not gone. */
const isExhausted = (error: unknown) =>
  ['EMFILE', 'ENFILE', 'ENOSPC'].includes((error as NodeJS.ErrnoException).code ?? '');

/**
 * Calls back with the name of each entry that comes, goes or changes; null where the kernel does not tell which. Throws
 * when the folder is not there; `onError` is told when watching ends by itself.
 */
export function watchFolder(
  folder: string,
  onChange: (name: string | null) => void,
  onError: (error: Error) => void = () => undefined,
): FolderWatch {
  try {
    const watcher = watch(folder, (_event, name) => onChange(name));
    watcher.on('error', onError);
    return watcher;
  } catch (error) {
    if (!isExhausted(error)) throw error;
    return lookAtFolder(folder, onChange);
  }
}

/** What there is, each entry with what tells it from an earlier one of its name. */
function entriesOf(folder: string): Map<string, string> {
  try {
    return new Map(
      readdirSync(folder).map((name) => {
        const found = statSync(join(folder, name), { throwIfNoEntry: false });
        return [name, `${found?.ino} ${found?.mtimeMs} ${found?.size}`];
      }),
    );
  } catch {
    return new Map();
  }
}

function lookAtFolder(folder: string, onChange: (name: string) => void): FolderWatch {
  let known = entriesOf(folder);
  const timer = setInterval(() => {
    const now = entriesOf(folder);
    const changed = [...new Set([...known.keys(), ...now.keys()])].filter(
      (name) => known.get(name) !== now.get(name),
    );
    known = now;
    for (const name of changed) onChange(name);
  }, lookEveryMs);
  return { close: () => clearInterval(timer) };
}
