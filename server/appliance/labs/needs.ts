// What labs take from the machine and whether there is room for one more. Pure arithmetic on figures that were measured.

/** What a lab takes: bytes of memory, and the share of one core that it uses while nobody works in it. */
export interface Needs {
  memoryBytes: number;
  cores: number;
}

const MB = 2 ** 20;

/**
 * Of each kind of node, some instances and a learner's commands included. Measured as proportional set size and processor
 * time over 30 s of labs that had done their last step, then rounded up.
 */
const ofNode = {
  controller: { memoryBytes: 340 * MB, cores: 0.015 },
  network: { memoryBytes: 115 * MB, cores: 0.03 },
  compute: { memoryBytes: 70 * MB, cores: 0.012 },
  outside: { memoryBytes: 12 * MB, cores: 0.002 },
} as const;

/** A compute node that routes, too, runs two daemons more. */
const routing: Needs = { memoryBytes: 45 * MB, cores: 0.008 };

/** Of a lab's nodes; where their services are not known, as those of the usual cloud. */
export const needsOf = (nodes: readonly { kind: string; services?: string[] }[]): Needs =>
  sum(
    nodes.flatMap(({ kind, services }) => [
      ofNode[kind as keyof typeof ofNode] ?? ofNode.outside,
      ...(kind === 'compute' && services?.includes('neutron-l3-agent') === true ? [routing] : []),
    ]),
  );

const sum = (parts: readonly Needs[]): Needs => ({
  memoryBytes: parts.reduce((total, { memoryBytes }) => total + memoryBytes, 0),
  cores: parts.reduce((total, { cores }) => total + cores, 0),
});

/** What the machine has, as it is now. */
export interface Room {
  /** Memory that programs could still get. */
  freeBytes: number;
  totalBytes: number;
  cores: number;
}

/** The labs there are. */
export interface Load {
  /** Needs of each lab that runs. */
  running: Needs[];
  /** Needs of each lab that is starting: it has yet to take them. */
  starting: Needs[];
}

export interface Limits {
  /** No more labs than these at once; undefined for as many as have room. */
  mostLabs?: number | undefined;
}

/** Never given to a lab: the engine, the appliance and everything else on the machine go on. */
export const reserveBytes = ({ totalBytes }: Pick<Room, 'totalBytes'>): number =>
  Math.min(1024 * MB, Math.round(totalBytes / 10));

/** More of the processor than this is not given away: what a learner does needs the rest. */
const idleShare = 0.7;

/** Labs that may be starting at once: a start keeps one core busy. */
export const mostStarting = ({ cores }: Pick<Room, 'cores'>): number => Math.max(1, Math.floor(cores));

/** Why a lab cannot start now. */
export interface Wait {
  about: 'labs' | 'starting' | 'memory' | 'processor';
  /** What it needs and what there is, as a sentence. */
  text: string;
}

/** Undefined when a lab can start now. */
export function reasonToWait(
  needs: Needs,
  room: Room,
  { running, starting }: Load,
  { mostLabs }: Limits = {},
): Wait | undefined {
  const count = running.length + starting.length;
  if (mostLabs !== undefined && count >= mostLabs)
    return { about: 'labs', text: `No more than ${labs(mostLabs)} may run at once here.` };
  if (starting.length >= mostStarting(room))
    return {
      about: 'starting',
      text: `As many labs are starting as may at once on ${coresOf(room)}: ${starting.length}.`,
    };
  const promised = sum(starting).memoryBytes;
  const free = Math.max(0, room.freeBytes - promised - reserveBytes(room));
  if (needs.memoryBytes > free)
    return {
      about: 'memory',
      text: `It needs ${megabytes(needs.memoryBytes)} of memory, and ${megabytes(free)} are free for labs.`,
    };
  const used = sum([...running, ...starting]).cores;
  if (count > 0 && used + needs.cores > room.cores * idleShare)
    return {
      about: 'processor',
      text: `It needs ${percent(needs.cores)} of a core, and the ${labs(count)} there are leave too little of ${coresOf(room)}.`,
    };
  return undefined;
}

/** Whether a lab could start if it were the only one. */
export const fitsAlone = (needs: Needs, room: Room): boolean =>
  needs.memoryBytes <= room.totalBytes - reserveBytes(room);

/** Why it could not even then. */
export const tooSmall = (needs: Needs, room: Room): string =>
  `It needs ${megabytes(needs.memoryBytes)} of memory, and labs can have ${megabytes(room.totalBytes - reserveBytes(room))} here.`;

const megabytes = (bytes: number) => `${Math.floor(bytes / MB)} MB`;
const percent = (cores: number) => `${Math.ceil(cores * 100)} %`;
const labs = (count: number) => (count === 1 ? 'one lab' : `${count} labs`);
const coresOf = ({ cores }: Pick<Room, 'cores'>) => (cores === 1 ? 'one core' : `${cores} cores`);
