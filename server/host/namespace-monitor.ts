// Tells when something changes inside a network namespace: devices, addresses, routes and their policy, permanent neighbours
// and settings (`ip monitor`) and firewall rules (`xtables-monitor`). What changed is not told: the reader looks for itself.
import { follow } from './follow.ts';
import { inNetns } from './netns.ts';

/** The monitors die with us, however we end. */
const withUs = (argv: readonly string[]) => ['setpriv', '--pdeathsig', 'KILL', ...argv];

export interface NamespaceMonitor {
  stop(): Promise<void>;
}

/** Neighbours come and go all the time; the ones that somebody set are marked. */
const isPassing = (line: string) => line.startsWith('[NEIGH]') && !/PERMANENT|proto static/.test(line);
const objects = ['link', 'address', 'route', 'rule', 'neigh', 'netconf'];

/** Starts both monitors in a namespace that exists, or in the root one; `onChange` gets every line they print. */
export function monitorNamespace(ns: string | undefined, onChange: (line: string) => void): NamespaceMonitor {
  const inside = ns === undefined ? [] : ['-n', ns];
  const monitors = [
    follow({
      argv: withUs(['ip', ...inside, '-o', 'monitor', 'label', ...objects]),
      onLine: (line) => {
        if (!isPassing(line)) onChange(line);
      },
    }),
    // Without a terminal xtables-monitor keeps its lines back until it ends.
    follow({ argv: withUs(inNetns(ns, ['stdbuf', '-oL', 'xtables-monitor', '-e'])), onLine: onChange }),
  ];
  return {
    stop: async () => {
      await Promise.all(monitors.map((monitor) => monitor.stop()));
    },
  };
}
