// What broke a lab: one sentence, the ways out, the end of the log.
import type { LabProblem, LabState } from '../../../server/appliance/http/types.ts';
import { Jack } from '../parts/mark.tsx';
import { Remedies } from './remedies.tsx';

interface Props {
  lab: LabState;
  problem: LabProblem;
  onFailure: (failure: unknown) => void;
}

export function ProblemNote({ lab, problem, onFailure }: Props) {
  const { logTail = [] } = problem;
  return (
    <section className="problem" role="alert" aria-label="What is broken">
      <div className="problem-text">
        <h2>
          <Jack state="broken" label="" /> {problem.message}
        </h2>
        {problem.remedy && <p>{problem.remedy}</p>}
        {logTail.length > 0 && (
          <details open={lab.readyAt === undefined}>
            <summary>End of the log{problem.node === undefined ? '' : ` of ${problem.node}`}</summary>
            <pre className="listing" tabIndex={0} aria-label="End of the log">
              {logTail.join('\n')}
            </pre>
          </details>
        )}
      </div>
      <Remedies lab={lab} remedies={problem.remedies ?? []} onFailure={onFailure} />
    </section>
  );
}
