// Hints of a step, the vaguest first; each click or failed attempt opens one more.
import type { StepState } from '../../../server/appliance/http/types.ts';
import { openHint } from '../api.ts';

interface Props {
  lab: string;
  step: StepState;
  onFailure: (failure: unknown) => void;
}

export function HintList({ step }: { step: StepState }) {
  const { hints, hintsLeft } = step;
  const total = hints.length + hintsLeft;
  if (hints.length === 0) return null;
  return (
    <section className="hints" aria-label="Hints">
      <ol aria-live="polite">
        {hints.map((hint, index) => (
          <li key={hint}>
            <strong>
              Hint {index + 1} of {total}
            </strong>
            <p>{hint}</p>
          </li>
        ))}
      </ol>
    </section>
  );
}

/** Nothing where the step has no hint that is still shut. */
export function HintButton({ lab, step, onFailure }: Props) {
  const { hints, hintsLeft } = step;
  if (hintsLeft === 0) return null;
  return (
    <button onClick={() => void openHint(lab, step.number).catch(onFailure)}>
      {hints.length === 0 ? 'Show a hint' : 'Next hint'} <span className="count">({hintsLeft} left)</span>
    </button>
  );
}
