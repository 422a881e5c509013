// Turns what checks and terminals answered into assertions, and into words.
import type { Step } from '../catalog/types.ts';
import type { CheckOutcome } from '../checks/run-checks.ts';
import type { Failure } from './perform.ts';
import type { Assertion, Phase } from './report.ts';

/** A goal must fail before its step, a guard must hold. */
export function judgeBefore(step: Step, outcome: CheckOutcome): Assertion {
  const { check, result, milliseconds } = outcome;
  const wanted = check.isGuard ? ['passed'] : ['failed'];
  // a check that waits for one that failed has not passed either
  const isProven = result === undefined ? true : wanted.includes(result.verdict);
  return {
    ...{ phase: 'before', step: step.number, milliseconds },
    name: check.isGuard ? `${check.name} (guard, holds)` : check.name,
    outcome: isProven ? 'proven' : result?.verdict === 'broken' ? 'broken' : 'failed',
    detail: isProven
      ? ''
      : result?.verdict === 'passed'
        ? `it passes already: ${result.observed}`
        : describeOutcome(outcome),
  };
}

export function judgeAfter(phase: Phase, step: Step, outcome: CheckOutcome): Assertion {
  const verdict = outcome.result?.verdict ?? 'failed';
  return {
    ...{ phase, step: step.number, name: outcome.check.name, milliseconds: outcome.milliseconds },
    outcome: verdict === 'passed' ? 'proven' : verdict,
    detail: verdict === 'passed' ? '' : describeOutcome(outcome),
  };
}

/** A solution was typed; `fault` is what the lab itself suffers from when it did not succeed. */
export function judgePerformed(
  phase: Phase,
  step: Step,
  { failure, fault }: { failure: Failure | undefined; fault: string | undefined },
  elapsedMs: number,
): Assertion {
  const details = [failure && describeFailure(failure), fault && `the lab is broken: ${fault}`];
  return {
    ...{ phase, step: step.number, name: '', milliseconds: Math.round(elapsedMs) },
    outcome: failure === undefined ? 'proven' : fault === undefined ? 'failed' : 'broken',
    detail: details.filter(Boolean).join('\n'),
  };
}

/** The four parts of a verdict, one a line. */
export function describeOutcome({ check, result, waitsFor }: CheckOutcome): string {
  if (result === undefined) return `${check.name}: waits for '${waitsFor}'`;
  return [
    `${check.name} (${check.file}:${check.line})`,
    `observed: ${result.observed}`,
    `expected: ${result.expected}`,
    `look at: ${result.where}`,
    `command: ${result.command.place}# ${result.command.text}`,
  ].join('\n');
}

export function describeFailure({ command, code, output }: Failure): string {
  const ending = code === undefined ? 'did not end' : `ended with exit code ${code}`;
  return `${command.place}# ${command.text}\n${ending}:\n${output.split('\n').slice(-8).join('\n')}`;
}
