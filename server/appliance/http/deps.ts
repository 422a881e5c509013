// What the console needs from the rest of the appliance. Kept narrow, so that a test can stand at this boundary.
import type {
  CatalogEntry,
  CheckVerdict,
  InstanceState,
  LabHead,
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

/** A lab as the lifecycle knows it; steps and terminals are added by the console. */
export type RunningLab = LabHead & { nodes: NodeState[]; instances: InstanceState[] };

/** A step's text as the lab folder has it. */
export interface StepSource {
  number: number;
  title: string;
  markdown: string;
  solution: PlacedCommand[];
}

export interface LabSource {
  entry: CatalogEntry;
  introduction: string;
  steps: StepSource[];
}

export interface LabService {
  /** Every lab folder, the invalid ones with their `problem`. */
  catalog(): Promise<CatalogEntry[]>;
  /** A lab's texts, read anew so that an author sees an edit; undefined where there is no such lab. */
  source(entry: string): Promise<LabSource | undefined>;
  running(): RunningLab[];
  /** Starts a lab and answers at once with its id; progress and failure arrive through `onChange`. */
  start(entry: string): Promise<string>;
  /** Begins taking a lab down; its removal arrives through `onChange`. */
  destroy(lab: string): Promise<void>;
  /** Calls back with a lab's id whenever what `running` says of it has changed; returns how to stop. */
  onChange(listener: (lab: string) => void): () => void;
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
