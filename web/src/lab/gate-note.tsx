// A step that is shut: what has to pass first, and the way round it where the lab allows one.
import type { LabState, StepState } from '../../../server/appliance/http/types.ts';
import { openStep } from '../api.ts';
import { Jack } from '../parts/mark.tsx';

interface Props {
  lab: LabState;
  step: number;
  /** The step that has to pass first. */
  before: StepState | undefined;
  onGo: (step: number) => void;
  onFailure: (failure: unknown) => void;
}

export function GateNote({ lab, step, before, onGo, onFailure }: Props) {
  const isHard = lab.gating === 'hard';
  return (
    <section className="gate" aria-label="This step is shut">
      <p>
        <Jack state="shut" label="" />{' '}
        <strong>
          {before === undefined
            ? 'An earlier step has to pass first.'
            : `Step ${before.number}, “${before.title}”, has to pass first.`}
        </strong>
      </p>
      <p>
        {isHard
          ? 'You can read on; Check, hints and solution of this step open when that one has passed.'
          : 'This step builds on it. You can open it all the same; then its commands may fail for reasons that its text does not tell.'}
      </p>
      <div className="gate-foot">
        {before !== undefined && (
          <button className="primary" onClick={() => onGo(before.number)}>
            Go to step {before.number}
          </button>
        )}
        {!isHard && (
          <button onClick={() => void openStep(lab.id, step).catch(onFailure)}>Open this step anyway</button>
        )}
      </div>
    </section>
  );
}
