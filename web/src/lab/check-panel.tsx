// Check: the button, and what the checks saw in four parts.
import { useEffect, useRef } from 'react';
import type {
  CheckVerdict,
  LabPhase,
  LabState,
  PlacedCommand,
  StepState,
  Verdict,
} from '../../../server/appliance/http/types.ts';
import { checkStep } from '../api.ts';
import { Jack } from '../parts/mark.tsx';
import { Command } from './command.tsx';
import { firstBefore, isShutNow } from './steps.ts';

interface Props {
  lab: LabState;
  step: StepState;
  onRun: (command: PlacedCommand) => void;
  onFailure: (failure: unknown) => void;
}

export function CheckPanel({ lab, step, onRun, onFailure }: Props) {
  const panel = useRef<HTMLDivElement>(null);
  const checkedAt = step.checkedAt;
  const shownAt = useRef(checkedAt);
  useEffect(() => {
    if (checkedAt !== shownAt.current) panel.current?.scrollIntoView({ block: 'nearest' });
    shownAt.current = checkedAt;
  }, [checkedAt]);
  const reason = checkRefusal(lab, step);
  return (
    <section className="check" aria-label="Check" ref={panel}>
      <div className="check-bar">
        <button
          className="primary check-button"
          aria-disabled={reason !== undefined}
          onClick={() => reason === undefined && void checkStep(lab.id, step.number).catch(onFailure)}
        >
          Check
        </button>
        <span className="soft">{reason ?? attempts(step)}</span>
      </div>
      {step.verdict !== undefined && !step.isChecking && <Summary step={step} />}
      <ul className="verdicts">
        {step.checks.map((check) => (
          <CheckView key={`${check.name} ${check.verdict}`} check={check} onRun={onRun} />
        ))}
      </ul>
    </section>
  );
}

/** Why Check cannot be pressed now; undefined when it can. */
export function checkRefusal(lab: LabState, step: StepState): string | undefined {
  if (step.isChecking) return `Looking: ${step.checkingNow ?? 'asking the nodes'}`;
  if (isShutNow(step)) {
    const before = firstBefore(lab.steps, step.number);
    return before === undefined
      ? 'An earlier step has to pass first'
      : `Step ${before.number} has to pass first`;
  }
  return phaseRefusals[lab.phase];
}

const phaseRefusals: Record<LabPhase, string | undefined> = {
  queued: 'The lab waits for room',
  starting: 'The lab is still starting',
  replaying: 'Solutions are being typed',
  ready: undefined,
  repairing: 'The lab is being repaired',
  stopping: 'The lab is being taken down',
  broken: 'The lab is broken: repair it first',
  ended: 'The time of this lab is over: resume it first',
};

const attempts = ({ attempts: count }: StepState) =>
  count === 0 ? 'Looks at the lab, changes nothing' : `${count} ${count === 1 ? 'attempt' : 'attempts'}`;

const headlines: Record<Verdict, string> = {
  passed: 'Passed',
  failed: 'Failed',
  broken: 'Lab broken',
};

function Summary({ step }: { step: StepState }) {
  const verdict = step.verdict!;
  const passed = step.checks.filter((check) => check.verdict === 'passed').length;
  const first = step.checks.find((check) => check.verdict !== 'passed');
  return (
    <p className={`headline headline-${verdict}`}>
      <Jack state={verdict} label="" />
      <strong>{headlines[verdict]}</strong>
      <span>
        {verdict === 'passed'
          ? `${passed} of ${step.checks.length} checks`
          : (first?.name ?? 'no check answered')}
      </span>
    </p>
  );
}

function CheckView({ check, onRun }: { check: CheckVerdict; onRun: Props['onRun'] }) {
  return (
    <li className={`verdict verdict-${check.verdict}`}>
      <details open={check.verdict !== 'passed'}>
        <summary>
          <Jack state={check.verdict} /> {check.name}
        </summary>
        <dl>
          <dt>Observed</dt>
          <dd>{check.observed}</dd>
          <dt>Expected</dt>
          <dd>{check.expected}</dd>
          <dt>Where to look</dt>
          <dd>{check.where}</dd>
          {check.command && (
            <>
              <dt>See it yourself</dt>
              <dd>
                <Command command={check.command} onRun={onRun} />
              </dd>
            </>
          )}
        </dl>
      </details>
    </li>
  );
}
