// One line across the lab page for what concerns all of it: broken, being repaired or taken down, nearly out of time.
import type { LabState } from '../../../server/appliance/http/types.ts';
import { Jack } from '../parts/mark.tsx';
import { hasNodes, phaseJacks, phaseWords } from './phases.ts';
import { ProblemNote } from './problem-note.tsx';

interface Props {
  lab: LabState;
  /** Only one pane is seen, so that the stage of a lab without nodes may be out of sight. */
  isNarrow: boolean;
  onFailure: (failure: unknown) => void;
}

export function LabBanner({ lab, isNarrow, onFailure }: Props) {
  if (lab.phase === 'broken' && hasNodes(lab) && lab.problem !== undefined)
    return <ProblemNote lab={lab} problem={lab.problem} onFailure={onFailure} />;
  const isWorking = lab.phase === 'repairing' || lab.phase === 'stopping';
  if (!isWorking && !(isNarrow && lab.phase !== 'ready')) return null;
  return (
    <p className="lab-banner" role="status">
      <Jack state={phaseJacks[lab.phase]} label="" />
      <span>
        <strong>{phaseWords(lab)}.</strong> {lab.queue?.reason ?? lab.problem?.message ?? lab.doing}
      </span>
    </p>
  );
}
