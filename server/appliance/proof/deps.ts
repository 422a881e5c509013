// What a proof needs from the rest of the appliance. Kept narrow, so that a test can stand at this boundary.
import type { Lab } from '../catalog/types.ts';
import type { Endpoints } from '../checks/cloud.ts';
import type { NodeExec } from '../checks/lab-exec.ts';
import type { TerminalStream } from '../http/deps.ts';
import type { Place } from '../http/types.ts';

/** A lab that runs. */
export interface ProofLab {
  id: string;
  nodeNames: string[];
  runInNode: NodeExec;
  /** A login shell in a real terminal, of a node or an instance. */
  openTerminal: (place: Place) => Promise<TerminalStream>;
  /** The cloud's APIs as reachable from here. */
  endpoints: Endpoints;
  /** Takes everything down; safe to call twice. */
  destroy: () => Promise<void>;
}

/** Starts labs. `start` leaves nothing behind when it rejects or is aborted. */
export interface ProofPlatform {
  start: (
    lab: Lab,
    options: { signal: AbortSignal; onProgress: (text: string) => void },
  ) => Promise<ProofLab>;
}
