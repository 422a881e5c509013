// Sends probes and looks at the frames they become on a device: encapsulation, tag, addresses.
import { z } from 'zod';
import { commandAt, excerpt, placeName } from '../command-line.ts';
import { innerWords, parseFrames, tunnelFilter } from '../frames.ts';
import type { Frame } from '../frames.ts';
import type { CheckKind, Exec, Look } from '../types.ts';

const tunnelSchema = z.strictObject({
  type: z.enum(['vxlan', 'gre']),
  /** VNI or key. */
  id: z.coerce.string().optional(),
  /** Outer addresses; the answers go the other way round. */
  from: z.string().optional(),
  to: z.string().optional(),
  /** What is inside. */
  inner: z.enum(innerWords).optional(),
  /** UDP port of VXLAN; 8472 between Linux bridges. */
  port: z.int().min(1).max(65535).default(4789),
});

const schema = z
  .strictObject({
    on: z.string(),
    device: z.string(),
    /** tcpdump expression. Of tagged frames only one that begins with 'vlan' matches the inside. */
    filter: z.string().optional(),
    /** The frames come in a tunnel; takes the place of `filter`. */
    tunnel: tunnelSchema.optional(),
    /** Echo requests that run while the capture does. */
    probe: z.strictObject({ from: z.string(), to: z.string() }),
    /** Every frame looked at has this tag; 'none' for untagged. In a tunnel: the frame inside. */
    vlan: z.coerce.string().optional(),
    /** Looks only at frames whose line matches this regular expression. In a tunnel: the frame inside. */
    matches: z.string().optional(),
    /** No frame may be seen at all, although the probes are seen at the baseline. */
    none: z.boolean().default(false),
    /** Where the probes are seen meanwhile, without which their absence proves nothing. */
    baseline: z
      .strictObject({ on: z.string(), device: z.string(), filter: z.string().optional() })
      .optional(),
  })
  .refine(({ filter, tunnel }) => (filter === undefined) !== (tunnel === undefined), {
    error: "one of 'filter' and 'tunnel' is needed",
  })
  .refine(({ none, baseline }) => !none || baseline !== undefined, {
    error:
      "'none' needs 'baseline: { on, device }', where the probes are seen meanwhile; else silence proves nothing",
  });
type Args = z.infer<typeof schema>;

/** Frames wanted: a request and its answer, and room for those of others. */
const frameCount = 4;
const captureSeconds = 4;
/** Long enough for the second of two probes that nobody answers. */
const silenceSeconds = 3;

export const capture: CheckKind<Args> = {
  name: 'capture',
  schema,
  places: ({ on, probe, baseline }) => [on, probe.from, ...(baseline === undefined ? [] : [baseline.on])],
  run: async ({ exec }, args) => {
    const { on, device, probe, matches, none, baseline } = args;
    const filter = filterOf(args);
    const watches = [
      {
        on,
        argv: dumpArgv(device, filter, args.tunnel?.port),
        seconds: none ? silenceSeconds : captureSeconds,
      },
      ...(baseline === undefined
        ? []
        : [
            {
              on: baseline.on,
              argv: dumpArgv(baseline.device, baseline.filter ?? filter),
              seconds: silenceSeconds,
            },
          ]),
    ];
    const [here, there] = await captureWhileProbing(exec, watches, probe);
    const { frames: seenHere, refusal } = here!;
    const seenAtBaseline = there?.frames;
    const frames = seenHere.filter(({ text }) => matches === undefined || new RegExp(matches).test(text));
    const wrong = refusal ?? (none ? undefined : faultOf(frames, args));
    const isSilent = frames.length === 0 && seenAtBaseline !== undefined && seenAtBaseline.length > 0;
    const isRight = wrong === undefined && (!none || isSilent);
    const base = {
      expected: expectation(args),
      where: `${device} of ${placeName(on)}, while ${placeName(probe.from)} pings ${probe.to}`,
      command: commandAt(on, ['tcpdump', '-e', '-nn', '-i', device, filter]),
    };
    const missing = refusal ?? there?.refusal ?? whyUnasked(args, seenAtBaseline);
    const observed =
      wrong ?? (frames.length > 0 ? excerpt(frames.at(-1)!.text) : `no such frame among ${seenHere.length}`);
    const look: Look = { verdict: isRight ? 'passed' : 'failed', observed, ...base };
    if (isRight && none) return { ...look, isAbsence: true };
    if (missing === undefined) return look;
    return { ...look, ...(none && frames.length === 0 ? { observed: missing } : {}), unasked: missing };
  },
};

function filterOf({ filter, tunnel }: Args): string {
  return tunnel === undefined ? filter! : tunnelFilter(tunnel.type, tunnel.port, tunnel.inner);
}

/** Why not seeing the frames says nothing. */
function whyUnasked({ baseline, probe }: Args, seen: Frame[] | undefined): string | undefined {
  if (baseline === undefined) return "'baseline' does not say where the probes are seen meanwhile";
  if (seen!.length > 0) return undefined;
  return `nothing of ${placeName(probe.from)} is seen on ${baseline.device} of ${placeName(baseline.on)} either`;
}

/** What is wrong with the frames, or undefined when they are as expected. */
function faultOf(frames: Frame[], { vlan, tunnel }: Args): string | undefined {
  const last = frames.at(-1);
  if (last === undefined) return 'no such frame';
  const untagged = frames.find((frame) => vlan !== undefined && (frame.vlan ?? 'none') !== vlan);
  if (untagged !== undefined) return excerpt(untagged.text);
  if (tunnel === undefined) return undefined;
  const bare = frames.find((frame) => frame.tunnel === undefined);
  if (bare !== undefined) return excerpt(bare.text);
  const other = frames.find((frame) => tunnel.id !== undefined && frame.tunnel!.id !== tunnel.id);
  if (other !== undefined) return `${idWord(tunnel.type)} ${other.tunnel!.id}: ${excerpt(other.text)}`;
  const isBetween = frames.some(
    ({ tunnel: header }) =>
      (tunnel.from === undefined || header!.from === tunnel.from) &&
      (tunnel.to === undefined || header!.to === tunnel.to),
  );
  return isBetween ? undefined : `from ${last.tunnel!.from} to ${last.tunnel!.to}: ${excerpt(last.text)}`;
}

const idWord = (type: 'vxlan' | 'gre') => (type === 'vxlan' ? 'VNI' : 'key');

function expectation(args: Args): string {
  const { tunnel, vlan, matches, none } = args;
  const what =
    tunnel === undefined
      ? `'${args.filter}'`
      : [
          `${tunnel.inner ?? 'frames'} in ${tunnel.type}`,
          tunnel.id === undefined ? '' : `with ${idWord(tunnel.type)} ${tunnel.id}`,
          tunnel.from === undefined ? '' : `from ${tunnel.from}`,
          tunnel.to === undefined ? '' : `to ${tunnel.to}`,
        ]
          .filter(Boolean)
          .join(' ');
  if (none) return `no frame of ${what}`;
  const tag = vlan === undefined ? '' : vlan === 'none' ? ' without a tag' : ` with VLAN tag ${vlan}`;
  return `frames of ${what}${tag}${matches === undefined ? '' : ` matching '${matches}'`}`;
}

function dumpArgv(device: string, filter: string, port = 4789): string[] {
  const words = ['tcpdump', '-e', '-nn', '-l', '--immediate-mode', '-c', String(frameCount), '-i', device];
  // tcpdump takes only 4789 for VXLAN by itself
  return [...words, ...(port === 4789 ? [] : ['-T', 'vxlan']), filter];
}

async function captureWhileProbing(
  exec: Exec,
  watches: { on: string; argv: string[]; seconds: number }[],
  probe: { from: string; to: string },
): Promise<Captured[]> {
  let isOver = false;
  const watched = Promise.all(
    watches.map(({ on, argv, seconds }) =>
      exec(on, ['timeout', String(seconds), ...argv], { timeoutMs: (seconds + 3) * 1000 }),
    ),
  ).finally(() => (isOver = true));
  watched.catch(() => undefined);
  // the capture takes a moment to listen, so the probes go on until it has seen its frames
  while (!isOver) await exec(probe.from, ['ping', '-c', '1', '-W', '1', probe.to], { timeoutMs: 4_000 });
  return (await watched).map(({ stdout, stderr }) => ({
    frames: parseFrames(stdout),
    ...(stderr.includes('listening on') ? {} : { refusal: excerpt(stderr) }),
  }));
}

interface Captured {
  frames: Frame[];
  /** Why it did not listen at all. */
  refusal?: string;
}
