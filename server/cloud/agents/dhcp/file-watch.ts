// Watches the folders of dnsmasq's files and names the network of each in which something changed, came or went.
import { mkdirSync, statSync } from 'node:fs';
import { watchFolder, type FolderWatch } from '../../../host/folder-watch.ts';

export interface FileWatch {
  /** Watches the folders of these networks too, and again those that were made anew. */
  refresh(ids: Iterable<string>): void;
  stop(): void;
}

/** A burst of changes is told once, after this pause. */
const pauseMs = 150;

const inodeOf = (path: string) => statSync(path, { throwIfNoEntry: false })?.ino;

/** `root` holds one folder per network; what dnsmasq writes itself is told too, for the reader to look. */
export function watchFiles(root: string, onChange: (id: string) => void): FileWatch {
  const watched = new Map<string, { inode: number; watcher: FolderWatch }>();
  const timers = new Map<string, NodeJS.Timeout>();

  const tell = (id: string) => {
    if (timers.has(id)) return;
    const timer = setTimeout(() => {
      timers.delete(id);
      onChange(id);
    }, pauseMs);
    timers.set(id, timer);
  };

  function follow(path: string, onEvent: (name: string) => void): void {
    const inode = inodeOf(path);
    const known = watched.get(path);
    if (known !== undefined && known.inode === inode) return;
    known?.watcher.close();
    watched.delete(path);
    if (inode === undefined) return;
    const watcher = watchFolder(path, (name) => onEvent(name ?? ''));
    watched.set(path, { inode, watcher });
  }

  return {
    refresh: (ids) => {
      mkdirSync(root, { recursive: true });
      follow(root, tell);
      const paths = new Map([...ids].map((id) => [`${root}/${id}`, id]));
      for (const [path, id] of paths) follow(path, () => tell(id));
      for (const [path, { watcher }] of watched)
        if (path !== root && !paths.has(path)) {
          watcher.close();
          watched.delete(path);
        }
    },
    stop: () => {
      for (const timer of timers.values()) clearTimeout(timer);
      for (const { watcher } of watched.values()) watcher.close();
    },
  };
}
