// One-click ways out of a problem, the mildest first, each with what it does and costs.
import type { LabState, Remedy } from '../../../server/appliance/http/types.ts';
import { remedyChoice } from './questions.ts';
import { useQuestion } from './use-question.tsx';

interface Props {
  lab: LabState;
  remedies: Remedy[];
  onFailure: (failure: unknown) => void;
}

export function Remedies({ lab, remedies, onFailure }: Props) {
  const [dialog, ask] = useQuestion(onFailure);
  if (remedies.length === 0) return null;
  return (
    <>
      <ul className="remedies" aria-label="Ways out, the mildest first">
        {remedies.map((remedy, index) => {
          const { label, effect, question, run } = remedyChoice(lab, remedy);
          return (
            <li key={remedy}>
              <button
                className={index === 0 ? 'primary' : ''}
                onClick={() => (question === undefined ? void run().catch(onFailure) : ask(question))}
              >
                {label}
              </button>
              <span>{effect}</span>
            </li>
          );
        })}
      </ul>
      {dialog}
    </>
  );
}
