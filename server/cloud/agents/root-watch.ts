// Watches the root namespace for an agent whose devices stand there (use_namespaces = False): of the many things that change in it
// only those that name one of its devices, or its chains, are told.
import { monitorNamespace } from '../../host/namespace-monitor.ts';

export interface RootWatchOptions {
  /** Names of the agent's devices, with the key that each belongs to. */
  devices(): Iterable<readonly [device: string, key: string]>;
  chainPrefix: string;
  onKey(key: string): void;
}

/** A burst of changes is told once, after this pause. */
const pauseMs = 150;

export function watchRoot({ devices, chainPrefix, onKey }: RootWatchOptions): { stop(): Promise<void> } {
  const changed = new Set<string>();
  let timer: NodeJS.Timeout | undefined;
  const tell = () => {
    timer = undefined;
    for (const key of changed) onKey(key);
    changed.clear();
  };
  const monitor = monitorNamespace(undefined, (line) => {
    const isOfChains = line.includes(chainPrefix);
    for (const [device, key] of devices()) if (isOfChains || line.includes(device)) changed.add(key);
    if (changed.size > 0) timer ??= setTimeout(tell, pauseMs);
  });
  return {
    stop: async () => {
      clearTimeout(timer);
      await monitor.stop();
    },
  };
}
