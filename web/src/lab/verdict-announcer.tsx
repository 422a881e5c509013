// Says each new verdict to a screen reader, whatever is in view.
import { useEffect, useRef, useState } from 'react';
import type { StepState } from '../../../server/appliance/http/types.ts';

export function VerdictAnnouncer({ steps }: { steps: StepState[] }) {
  const known = useRef(new Map(steps.map(({ number, checkedAt }) => [number, checkedAt])));
  const [said, setSaid] = useState('');
  useEffect(() => {
    for (const step of steps) {
      if (step.isChecking || step.checkedAt === known.current.get(step.number)) continue;
      known.current.set(step.number, step.checkedAt);
      if (step.checkedAt !== undefined) setSaid(verdictInWords(step));
    }
  }, [steps]);
  return (
    <p className="visually-hidden" role="status">
      {said}
    </p>
  );
}

function verdictInWords({ number, verdict, checks, attempts }: StepState): string {
  const first = checks.find((check) => check.verdict !== 'passed');
  const which = `Step ${number}, attempt ${attempts}`;
  if (verdict === 'passed') return `${which}: passed, ${checks.length} checks.`;
  const what = verdict === 'broken' ? 'the lab is broken' : 'failed';
  return first === undefined
    ? `${which}: ${what}.`
    : `${which}: ${what}. ${first.name}. Observed: ${first.observed}. Expected: ${first.expected}.`;
}
