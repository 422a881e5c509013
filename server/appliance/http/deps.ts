// What the console needs from the rest of the appliance. Kept narrow, so that a test can stand at this boundary.
import type {
  CatalogEntry,
  CheckVerdict,
  Gating,
  InstanceState,
  LabHead,
  NodePlumbing,
  NodeState,
  PlacedCommand,
  TerminalState,
} from './types.ts';

/** A program on a terminal. */
export interface TerminalStream {
  /** Output and, where output can be lost on the way, its offset in all output. */
  onOutput(listener: (bytes: Buffer, offset?: number) => void): void;
  /** Called once, when the process has ended or the connection to it is lost. */
  onEnd(listener: (reason: string) => void): void;
  write(data: string): void;
  resize(columns: number, rows: number): void;
  /** Holds the output back until `resume`; what the process writes meanwhile waits in its TTY. */
  pause(): void;
  resume(): void;
  /** Ends the process. */
  close(): void;
}

/** A terminal's program in its node, which outlives the appliance. */
export interface TerminalProcess extends TerminalStream {
  /** Offset of the first byte that `onOutput` will tell. */
  start: number;
  /** Offset after what was written before it was joined. */
  end: number;
  columns: number;
  rows: number;
  /** Lets go of the program, which goes on. */
  leave(): void;
}

/** A lab as the lifecycle knows it; steps, gating, clock and terminals are added by the console. */
export type RunningLab = Omit<LabHead, 'gating' | 'clock'> & {
  nodes: NodeState[];
  instances: InstanceState[];
  /** Who started it; 'local' for the command line's. */
  learner: string;
  /** What its nodes are plumbed of, of those that tell. */
  plumbing?: NodePlumbing[];
};

/** A step's text as the lab folder has it. */
export interface StepSource {
  number: number;
  title: string;
  markdown: string;
  solution: PlacedCommand[];
  checks: { name: string; hints: string[]; isGuard: boolean }[];
}

export interface LabSource {
  entry: CatalogEntry;
  introduction: string;
  gating: Gating;
  steps: StepSource[];
}

/** What was asked for makes no sense as the lab is now: why not, and what does. */
export class NotNow extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'NotNow';
  }
}

/** Its verbs answer at once; progress and failure arrive through `onChange`. What cannot be done now throws NotNow. */
export interface LabService {
  /** Every lab folder, the invalid ones with their `problem`. */
  catalog(): Promise<CatalogEntry[]>;
  /** A lab's texts, read anew so that an author sees an edit; undefined where there is no such lab. */
  source(entry: string): Promise<LabSource | undefined>;
  running(): RunningLab[];
  /** Starts a lab for a learner ('local' unless told otherwise) and answers with its id. */
  start(entry: string, learner?: string): Promise<string>;
  /** Takes a lab down for good: its progress goes with it. */
  destroy(lab: string): Promise<void>;
  /** Fresh nodes, every step open again. */
  reset(lab: string): Promise<void>;
  /** Fresh nodes, the solutions of the steps up to `step` replayed. */
  bring(lab: string, step: number): Promise<void>;
  /** Fresh nodes for a lab that has none any more, the steps that had passed replayed. */
  resume(lab: string): Promise<void>;
  /** Mends what is broken and keeps what was built; what cannot be mended is told as the lab's problem. */
  repair(lab: string): Promise<void>;
  /** Starts the nodes that have stopped. */
  restart(lab: string): Promise<void>;
  /** A check called the lab broken: looks for what is wrong and tells it until it is mended. */
  suspect(lab: string): void;
  /** Labs that are ready at once, by id of the folder. */
  warm(): Record<string, number>;
  /** Calls back when `warm` has changed; returns how to stop. */
  onWarm(listener: () => void): () => void;
  /** More time on the lab's clock. */
  extend(lab: string): Promise<void>;
  /** Calls back with a lab's id whenever what `running` says of it has changed; returns how to stop. */
  onChange(listener: (lab: string) => void): () => void;
  /** Calls back when a lab's nodes are about to be replaced or taken away, with the reason; returns how to stop. */
  onReplaced(listener: (lab: string, reason: string) => void): () => void;
  /** Starts a shell at a place of a lab. Throws what the place answers. */
  openTerminal(
    lab: string,
    wanted: TerminalState,
    size: { columns: number; rows: number },
  ): Promise<TerminalProcess>;
  /** Joins the terminals that an appliance before this one opened. */
  joinTerminals(lab: string): Promise<{ state: TerminalState; process: TerminalProcess }[]>;
}

/** How far the checks of a step are. */
export interface CheckProgress {
  /** Verdicts so far. */
  checks: CheckVerdict[];
  /** The check that is being made, or waited for. */
  now?: string;
}

export interface CheckService {
  /** Runs a step's checks; answers with a verdict each, also when the lab itself is broken. */
  check(lab: string, step: number, onProgress: (progress: CheckProgress) => void): Promise<CheckVerdict[]>;
}
