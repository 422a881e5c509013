// What a lab uses while nobody does anything: memory as proportional set size, processor time from its control groups.
import { setTimeout as wait } from 'node:timers/promises';
import type { ProofLab } from '../../server/appliance/proof/deps.ts';

// A process shows its memory to its own user only: nodes run without CAP_SYS_PTRACE.
const readPss = `stat -c '%u %g' /proc/[0-9]* 2>/dev/null | sort -u | while read -r uid gid; do
  setpriv --reuid "$uid" --regid "$gid" --clear-groups sh -c 'cat /proc/[0-9]*/smaps_rollup 2>/dev/null'
done`;

/** Sum over all processes of all nodes, in MB (10^6 bytes); pages shared by processes count once. */
export async function measureMemory(lab: ProofLab): Promise<number> {
  const sums = await Promise.all(
    lab.nodeNames.map(async (node) => {
      const { stdout } = await lab.runInNode(node, ['sh', '-c', readPss]);
      return [...stdout.matchAll(/^Pss:\s+(\d+) kB$/gm)].reduce(
        (sum, [, kilobytes]) => sum + Number(kilobytes),
        0,
      );
    }),
  );
  return (sums.reduce((sum, kilobytes) => sum + kilobytes, 0) * 1024) / 1e6;
}

/** Processor time of all nodes together over `seconds`, in per cent of one core. */
export async function measureProcessor(lab: ProofLab, seconds: number): Promise<number> {
  const read = async () => {
    const times = await Promise.all(lab.nodeNames.map((node) => usedSeconds(lab, node)));
    return { at: performance.now(), used: times.reduce((sum, time) => sum + time, 0) };
  };
  const before = await read();
  await wait(seconds * 1000);
  const after = await read();
  return ((after.used - before.used) / ((after.at - before.at) / 1000)) * 100;
}

async function usedSeconds(lab: ProofLab, node: string): Promise<number> {
  const one = await lab.runInNode(node, ['cat', '/sys/fs/cgroup/cpuacct/cpuacct.usage']);
  if (one.code === 0) return Number(one.stdout) / 1e9;
  const two = await lab.runInNode(node, ['cat', '/sys/fs/cgroup/cpu.stat']);
  const microseconds = /^usage_usec (\d+)$/m.exec(two.stdout)?.[1];
  if (microseconds === undefined) throw new Error(`Node ${node} does not show its processor time`);
  return Number(microseconds) / 1e6;
}
