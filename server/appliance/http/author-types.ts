// What the page of a lab's author shows: the guide as it is in the folder now, what is wrong with it, how it is checked.
//
//   GET    /api/author                                  AuthorState     404 where nobody writes a lab
//   GET    /api/author/events                           AuthorState as server-sent events: at once, and after each save
import type { Guide, PlacedCommand } from './types.ts';

export interface AuthorState {
  guide: Guide;
  /** Of the folder as it is; where it cannot be read, `guide` and `steps` are the last that could. */
  findings: AuthorFinding[];
  isReadable: boolean;
  steps: AuthorStep[];
  /** ISO time this was read. */
  readAt: string;
  /** The lab that runs it, to try commands and checks in; it goes on through edits. */
  lab?: string;
  /** The lab was started with another `cloud:`; only a new start has the new one. */
  isCloudChanged: boolean;
}

export interface AuthorFinding {
  severity: 'error' | 'warning';
  /** Relative to the folder of all labs. */
  file: string;
  line: number;
  field: string;
  message: string;
}

export interface AuthorStep {
  number: number;
  checks: {
    name: string;
    kind: string;
    isNegated: boolean;
    isGuard: boolean;
    needs: string[];
    hints: string[];
    /** `file:line` */
    place: string;
    /** Titles of the mistakes and faults that name it. */
    triedBy: string[];
  }[];
  solution: PlacedCommand[];
}
