// What a lab's start and end tell while they happen: one stream for the console and the command line.

export type NodePhase = 'creating' | 'starting' | 'wired' | 'ready' | 'failed';

export type LabEvent =
  /** `detail` is a sentence for a person: what is being done, or waited for. */
  | {
      kind: 'lab';
      lab: string;
      phase: 'starting' | 'ready' | 'stopping' | 'stopped' | 'failed';
      detail: string;
    }
  | { kind: 'node'; lab: string; node: string; phase: NodePhase; detail: string };

export type OnLabEvent = (event: LabEvent) => void;
