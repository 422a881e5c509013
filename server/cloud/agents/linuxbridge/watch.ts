// Everything on the host that tells the agent to look again. What changed is not told: the agent reads for itself.
import { createHash } from 'node:crypto';
import { follow } from '../../../host/follow.ts';
import { monitorOvsdb } from '../../../host/ovsdb-monitor.ts';
import type { TableQuery } from '../../../host/ovs-vsctl.ts';
import { run } from '../../../host/run.ts';
import { readBuckets } from '../../../host/tc.ts';
import { readSysctls } from '../../../host/sysctl.ts';
import { bridgeSysctls } from '../firewall/actual.ts';

/** A burst of changes is told once, after this pause. */
const pauseMs = 20;
/** The monitors die with us, however we end. */
const withUs = (argv: readonly string[]) => ['setpriv', '--pdeathsig', 'KILL', ...argv];

/**
 * Devices and addresses, tunnels' entries and neighbours, iptables and ebtables, with `usesSwitch` ports of Open vSwitch; what
 * tells nobody (ipsets, settings) by looking every `checkSeconds`.
 */
export function watchHost(
  { checkSeconds, usesSwitch }: { checkSeconds: number; usesSwitch: boolean },
  onChange: () => void,
): { stop(): Promise<void> } {
  let timer: NodeJS.Timeout | undefined;
  const tell = () => {
    timer ??= setTimeout(() => {
      timer = undefined;
      onChange();
    }, pauseMs);
  };
  const watch = (argv: readonly string[], isNews: (line: string) => boolean) =>
    follow({ argv: withUs(argv), onLine: (line) => isNews(line) && tell(), onRestart: tell });
  const monitors = [
    watch(['ip', '-o', 'monitor', 'link', 'address'], () => true),
    watch(['ip', '-o', 'monitor', 'neigh'], (line) => / dev vxlan-\d+ /.test(line)),
    // Addresses that bridges learn are no news; entries for tunnels are made by agents and by hand.
    watch(['bridge', 'monitor', 'fdb'], (line) => / dst .*\bpermanent/.test(line)),
    // Without a terminal xtables-monitor keeps its lines back until it ends.
    watch(['stdbuf', '-oL', 'xtables-monitor', '-e'], () => true),
  ];
  const silent = watchSilent(checkSeconds, tell);
  const ports = usesSwitch
    ? monitorOvsdb({ tables: watchedTables, onChange: tell, onLost: tell })
    : undefined;
  return {
    stop: async () => {
      clearTimeout(timer);
      clearInterval(silent);
      ports?.stop();
      await Promise.all(monitors.map((monitor) => monitor.stop()));
    },
  };
}

const watchedTables: TableQuery[] = [
  { table: 'Port', columns: ['name', 'tag'] },
  { table: 'Interface', columns: ['name', 'external_ids'] },
];

/** Nothing tells of changes of ipsets, nor of whether bridged frames pass iptables: their print is compared. */
function watchSilent(checkSeconds: number, onChange: () => void): NodeJS.Timeout {
  let last: string | undefined;
  const look = async () => {
    const [sets, buckets, settings] = await Promise.all([
      run(['ipset', 'save']).then(
        ({ stdout }) => stdout.split('\n').sort().join('\n'),
        (error: Error) => error.message,
      ),
      readBuckets().then(
        (found) => JSON.stringify([...found]),
        (error: Error) => error.message,
      ),
      readSysctls(bridgeSysctls),
    ]);
    const print = createHash('sha1')
      .update(sets)
      .update(buckets)
      .update(JSON.stringify(settings))
      .digest('hex');
    if (last !== undefined && last !== print) onChange();
    last = print;
  };
  return setInterval(() => void look(), checkSeconds * 1000);
}
