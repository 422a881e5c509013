// What broke a lab: one sentence, the end of the log, what helps.
import type { LabProblem } from '../../../server/appliance/http/types.ts';
import { Jack } from '../parts/mark.tsx';

export function ProblemNote({ problem }: { problem: LabProblem }) {
  return (
    <section className="problem" role="alert">
      <h2>
        <Jack state="broken" label="" /> {problem.message}
      </h2>
      {problem.remedy && <p>{problem.remedy}</p>}
      {problem.logTail && problem.logTail.length > 0 && (
        <pre className="listing" tabIndex={0} aria-label="End of the log">
          {problem.logTail.join('\n')}
        </pre>
      )}
    </section>
  );
}
