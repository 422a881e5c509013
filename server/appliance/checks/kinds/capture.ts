// Sends probes and looks at the frames they become on a device: encapsulation, tag, addresses.
import { z } from 'zod';
import { commandAt, excerpt, placeName } from '../command-line.ts';
import type { CheckKind, Exec } from '../types.ts';

const schema = z.strictObject({
  on: z.string(),
  device: z.string(),
  /** tcpdump expression. Of tagged frames only one that begins with 'vlan' matches the inside. */
  filter: z.string(),
  /** Echo requests that run while the capture does. */
  probe: z.strictObject({ from: z.string(), to: z.string() }),
  /** Every frame looked at has this tag; 'none' for untagged. */
  vlan: z.coerce.string().optional(),
  /** Looks only at frames whose line matches this regular expression. */
  matches: z.string().optional(),
  /** No frame may be seen at all, although the probes ran. */
  none: z.boolean().default(false),
});

/** Frames wanted: a request and its answer, and room for those of others. */
const frameCount = 4;
const captureSeconds = 4;

export const capture: CheckKind<z.infer<typeof schema>> = {
  name: 'capture',
  schema,
  places: ({ on, probe }) => [on, probe.from],
  run: async ({ exec }, { on, device, filter, probe, vlan, matches, none }) => {
    const argv = [
      'tcpdump',
      '-e',
      '-nn',
      '-l',
      '--immediate-mode',
      '-c',
      String(frameCount),
      '-i',
      device,
      filter,
    ];
    const seen = parseFrames(await captureWhileProbing(exec, on, argv, probe));
    const frames = seen.filter(({ text }) => matches === undefined || new RegExp(matches).test(text));
    const tags = [...new Set(frames.map((frame) => frame.vlan ?? 'none'))];
    const isTagged = vlan === undefined || tags.every((tag) => tag === vlan);
    const isRight = none ? frames.length === 0 : frames.length > 0 && isTagged;
    const tagWords = vlan === undefined ? '' : vlan === 'none' ? ' without a tag' : ` with VLAN tag ${vlan}`;
    return {
      verdict: isRight ? 'passed' : 'failed',
      observed:
        frames.length === 0
          ? `no such frame among ${seen.length} of '${filter}'`
          : excerpt(frames.at(-1)!.text),
      expected: none
        ? `no frame of '${filter}'`
        : `frames of '${filter}'${tagWords}${matches === undefined ? '' : ` matching '${matches}'`}`,
      where: `${device} of ${placeName(on)}, while ${placeName(probe.from)} pings ${probe.to}`,
      command: commandAt(on, ['tcpdump', '-e', '-nn', '-i', device, filter]),
    };
  },
};

async function captureWhileProbing(
  exec: Exec,
  on: string,
  argv: string[],
  probe: { from: string; to: string },
): Promise<string> {
  let isOver = false;
  const watched = exec(on, ['timeout', String(captureSeconds), ...argv], {
    timeoutMs: (captureSeconds + 3) * 1000,
  }).finally(() => (isOver = true));
  watched.catch(() => undefined);
  // the capture takes a moment to listen, so the probes go on until it has seen its frames
  while (!isOver) await exec(probe.from, ['ping', '-c', '1', '-W', '1', probe.to], { timeoutMs: 4_000 });
  return (await watched).stdout;
}

export interface Frame {
  /** Outer VLAN id, or undefined. */
  vlan: string | undefined;
  sourceMac: string;
  targetMac: string;
  text: string;
}

/** Reads `tcpdump -e -nn`, one frame a line. */
export function parseFrames(stdout: string): Frame[] {
  return stdout
    .split('\n')
    .map((text) => ({ text, macs: /([0-9a-f:]{17}) > ([0-9a-f:]{17})/.exec(text) }))
    .filter(({ macs }) => macs !== null)
    .map(({ text, macs }) => ({
      text,
      sourceMac: macs![1]!,
      targetMac: macs![2]!,
      vlan: /\bvlan (\d+),/.exec(text)?.[1],
    }));
}
