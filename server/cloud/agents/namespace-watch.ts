// Watches the namespaces of one agent (by name prefix) and names the key of each that appears, vanishes or changes inside.
import { mkdirSync } from 'node:fs';
import { watchFolder } from '../../host/folder-watch.ts';
import { monitorNamespace, type NamespaceMonitor } from '../../host/namespace-monitor.ts';
import { listNetns } from '../../host/netns.ts';
import { netnsNumber } from '../../host/process.ts';

export interface NamespaceWatch {
  /** Starts monitors in namespaces that came and stops those of namespaces that went. */
  refresh(): Promise<void>;
  stop(): Promise<void>;
}

/** A burst of changes is told once, after this pause. */
const pauseMs = 150;
/** A monitor listens by then; what changed before is found by looking once more. */
const listensWithinMs = 1000;
const folder = '/run/netns';

/** `onChange` gets what follows one of the prefixes in the namespace's name: the id of a router or a network. */
export function watchNamespaces(
  prefixes: readonly string[],
  onChange: (key: string) => void,
): NamespaceWatch {
  const prefixOf = (ns: string) => prefixes.find((prefix) => ns.startsWith(prefix));
  const monitors = new Map<string, { number: number; monitor: NamespaceMonitor }>();
  const timers = new Map<string, NodeJS.Timeout>();
  let stopped = false;

  const tell = (ns: string, afterMs = pauseMs) => {
    const name = `${ns} ${afterMs}`;
    if (stopped || timers.has(name)) return;
    const timer = setTimeout(() => {
      timers.delete(name);
      onChange(ns.slice(prefixOf(ns)!.length));
    }, afterMs);
    timers.set(name, timer);
  };

  async function refresh(): Promise<void> {
    const names = (await listNetns()).filter((ns) => prefixOf(ns) !== undefined);
    if (stopped) return;
    const stale = [...monitors].filter(
      ([ns, { number }]) => !names.includes(ns) || netnsNumber(ns) !== number,
    );
    for (const [ns, { monitor }] of stale) {
      monitors.delete(ns);
      void monitor.stop();
    }
    for (const ns of names) {
      const number = netnsNumber(ns);
      if (monitors.has(ns) || number === undefined) continue;
      monitors.set(ns, { number, monitor: monitorNamespace(ns, () => tell(ns)) });
      tell(ns, listensWithinMs);
    }
  }

  mkdirSync(folder, { recursive: true });
  const watcher = watchFolder(folder, (name) => {
    if (name !== null && prefixOf(name) !== undefined) tell(name);
  });
  return {
    refresh,
    stop: async () => {
      stopped = true;
      watcher.close();
      for (const timer of timers.values()) clearTimeout(timer);
      await Promise.all([...monitors.values()].map(({ monitor }) => monitor.stop()));
    },
  };
}
