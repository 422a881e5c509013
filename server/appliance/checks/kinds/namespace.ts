// Is there a network namespace on a node, and does a program run in it?
import { z } from 'zod';
import type { CheckKind } from '../types.ts';

const schema = z.strictObject({
  on: z.string(),
  name: z.string(),
  /** Command name of a process that must run inside, such as dnsmasq. */
  runs: z.string().optional(),
});

export const namespace: CheckKind<z.infer<typeof schema>> = {
  name: 'namespace',
  schema,
  places: ({ on }) => [on],
  run: async ({ exec }, { on, name, runs }) => {
    const names = parseNetns((await exec(on, ['ip', 'netns', 'list'])).stdout);
    const isThere = names.includes(name);
    const base = { where: `network namespaces of ${on}`, command: { place: on, text: 'ip netns list' } };
    const expected = `a namespace ${name}${runs === undefined ? '' : ` in which ${runs} runs`}`;
    if (!isThere) {
      const others = names.length === 0 ? 'no namespace' : `only ${names.join(', ')}`;
      const unasked = runs === undefined ? {} : { unasked: `there is no namespace ${name} on ${on}` };
      return { verdict: 'failed', observed: `${others} on ${on}`, expected, ...base, ...unasked };
    }
    if (runs === undefined) return { verdict: 'passed', observed: `${name} is there`, expected, ...base };
    const pids = (await exec(on, ['ip', 'netns', 'pids', name])).stdout.split(/\s+/).filter(Boolean);
    const listed =
      pids.length === 0 ? '' : (await exec(on, ['ps', '-o', 'comm=', '-p', pids.join(',')])).stdout;
    const programs = listed.split(/\s+/).filter(Boolean);
    return {
      verdict: programs.includes(runs) ? 'passed' : 'failed',
      observed: programs.length === 0 ? `${name} runs nothing` : `${name} runs ${programs.join(', ')}`,
      expected,
      where: `processes of ${name} on ${on}`,
      command: { place: on, text: `ps -fp $(ip netns pids ${name})` },
    };
  },
};

/** Names from `ip netns list`, without the ids that some versions print behind them. */
export function parseNetns(stdout: string): string[] {
  return stdout
    .split('\n')
    .map((line) => line.split(/\s/)[0]!)
    .filter(Boolean);
}
