// The phases of a lab in words and as jacks, for the catalog and the lab page.
import type { LabHead, LabPhase } from '../../../server/appliance/http/types.ts';
import type { JackState } from '../parts/jack-state.ts';

export const phaseJacks: Record<LabPhase, JackState> = {
  queued: 'open',
  starting: 'busy',
  replaying: 'busy',
  ready: 'live',
  repairing: 'busy',
  stopping: 'busy',
  broken: 'broken',
  ended: 'stopped',
};

const words: Record<LabPhase, string> = {
  queued: 'Queued',
  starting: 'Starting',
  replaying: 'Replaying',
  ready: 'Ready',
  repairing: 'Being repaired',
  stopping: 'Being taken down',
  broken: 'Lab broken',
  ended: 'Time is over',
};

/** A lab that failed before it ever was ready. */
export const hasNotStarted = ({ phase, readyAt }: LabHead) => phase === 'broken' && readyAt === undefined;

export function phaseWords(lab: LabHead): string {
  if (hasNotStarted(lab)) return 'Did not start';
  if (lab.phase === 'queued' && lab.queue !== undefined)
    return `Queued, ${lab.queue.position} of ${lab.queue.length}`;
  return words[lab.phase];
}

/** Phases in which the nodes are there and terminals can be opened on them. */
export function hasNodes(lab: LabHead): boolean {
  switch (lab.phase) {
    case 'ready':
    case 'repairing':
    case 'stopping':
      return lab.readyAt !== undefined;
    case 'broken':
      return !hasNotStarted(lab);
    case 'queued':
    case 'starting':
    case 'replaying':
    case 'ended':
      return false;
  }
}
