// What a node's kernel and switch hold, as lines that two looks can be compared by.
import { expect } from 'vitest';
import type { RunningCloud } from './running-cloud.ts';

// Counters, cookies and ages differ between two looks at the same thing; what the switch learned expires by itself.
const look = `
ip netns | sed 's/ .*//; s/^/namespace /'
ip -o link | sed 's/^[0-9]*: //; s/[@:].*//; s/^/link /'
ip -o -4 addr | awk '{ print "address", $2, $4 }'
ip route show table all type unicast | sed 's/ *$//; s/^/route /'
ipset list -n 2>/dev/null | sed 's/^/ipset /'
iptables-save | sed '/^[#:]/d; /^COMMIT/d; s/^/iptables /'
bridge fdb show 2>/dev/null | grep ' dst .*permanent' | sed 's/^/fdb /'
if [ -S /run/openvswitch/db.sock ]; then
  for bridge in $(ovs-vsctl --timeout=5 list-br); do
    ovs-vsctl --timeout=5 list-ports "$bridge" | sed "s/^/port $bridge /"
    ovs-ofctl dump-flows "$bridge" --no-stats 2>/dev/null | grep -v hard_timeout | sed "s/cookie=0x[0-9a-f]*,\\? *//; s/^ */flow $bridge /"
    ovs-ofctl dump-groups "$bridge" 2>/dev/null | grep group_id | sed "s/^ */group $bridge /"
  done
fi
pgrep -a 'dnsmasq|haproxy|keepalived|radvd' | sed 's/^[0-9]* //; s/^/process /'
true`;

export type Snapshot = Record<string, string[]>;

export async function takeSnapshot({ run, lab }: RunningCloud): Promise<Snapshot> {
  const nodes = lab.nodeNames.filter((name) => /^(network|compute)/.test(name));
  const looks = nodes.map(async (node) => {
    const lines = (await run(node, 'sh', '-c', look)).split('\n').filter(Boolean);
    return [node, [...new Set(lines)].sort()] as const;
  });
  return Object.fromEntries(await Promise.all(looks));
}

/** Waits until every node is as it was; fails with what there is too much or too little, by node. */
export async function expectUnchanged(
  cloud: RunningCloud,
  before: Snapshot,
  withinMs = 40_000,
): Promise<void> {
  const end = Date.now() + withinMs;
  let differences: Record<string, string[]>;
  do {
    const now = await takeSnapshot(cloud);
    differences = Object.fromEntries(
      Object.entries(now)
        .map(([node, lines]) => [node, differencesOf(before[node] ?? [], lines)] as const)
        .filter(([, lines]) => lines.length > 0),
    );
    if (Object.keys(differences).length === 0) return;
    await new Promise((resolve) => setTimeout(resolve, 300));
  } while (Date.now() < end);
  expect(differences).toEqual({});
}

const differencesOf = (before: string[], now: string[]) => [
  ...before.filter((line) => !now.includes(line)).map((line) => `- ${line}`),
  ...now.filter((line) => !before.includes(line)).map((line) => `+ ${line}`),
];
