// Everything on the host that tells an agent of routers or networks to look again: namespaces, the switch's ports, processes.
import { monitorOvsdb } from '../../host/ovsdb-monitor.ts';
import { watchProcesses } from '../../host/process.ts';
import { watchNamespaces } from './namespace-watch.ts';

export interface HostWatchOptions {
  /** Namespaces are named PREFIX + key, with one of these. */
  namespacePrefixes: readonly string[];
  /** Its ports are watched too. */
  usesSwitch: boolean;
  /** The key that a device of the switch belongs to, if it is one of this agent's. */
  keyOfDevice(name: string): string | undefined;
  onKey(key: string): void;
  /** Anything may have changed. */
  onAll(): void;
  log: { info(message: string): void; warning(message: string): void };
}

export interface HostWatch {
  /** Tells what a pass over a key left running, so that its end is noticed. */
  passed(key: string, pids: number[]): Promise<void>;
  stop(): Promise<void>;
}

export function watchHost(options: HostWatchOptions): HostWatch {
  const { onKey, onAll, log } = options;
  const namespaces = watchNamespaces(options.namespacePrefixes, onKey);
  const processes = watchProcesses(onKey);
  let isConnected = false;
  const ports = !options.usesSwitch
    ? undefined
    : monitorOvsdb({
        tables: [{ table: 'Interface', columns: ['name', 'ofport', 'ifindex'] }],
        onChange: (changes, isInitial) => {
          if (isInitial && isConnected) {
            log.info('Open vSwitch answers again');
            onAll();
          }
          isConnected = true;
          if (isInitial) return;
          const keys = changes.map(({ now, before }) => options.keyOfDevice(String((now ?? before)?.name)));
          for (const key of new Set(keys)) if (key !== undefined) onKey(key);
        },
        onLost: (reason) => log.warning(`Open vSwitch does not answer: ${reason}`),
      });
  return {
    passed: async (key, pids) => {
      processes.set(key, pids);
      await namespaces.refresh();
    },
    stop: async () => {
      processes.stop();
      ports?.stop();
      await namespaces.stop();
    },
  };
}
