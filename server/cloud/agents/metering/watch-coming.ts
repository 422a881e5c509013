// Tells when a namespace comes that may have traffic to count. What is in it is looked at again with every full pass.
import { mkdirSync } from 'node:fs';
import { watchFolder } from '../../../host/folder-watch.ts';

const folder = '/run/netns';
/** A namespace appears before its devices and tables; a burst of changes is looked at once. */
const pauseMs = 150;

/** Tells the names of namespaces that come (or go); gives how to stop. */
export function watchComing(isOurs: (ns: string) => boolean, onCome: (ns: string) => void): () => void {
  const timers = new Map<string, NodeJS.Timeout>();
  mkdirSync(folder, { recursive: true });
  const watcher = watchFolder(folder, (name) => {
    if (name === null || !isOurs(name)) return;
    clearTimeout(timers.get(name));
    const tell = () => {
      timers.delete(name);
      onCome(name);
    };
    timers.set(name, setTimeout(tell, pauseMs));
  });
  return () => {
    watcher.close();
    for (const timer of timers.values()) clearTimeout(timer);
  };
}
