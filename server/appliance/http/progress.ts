// How far a learner is in each running lab: attempts and verdicts per step. One check of a lab runs at a time.
import type { CheckProgress, CheckService } from './deps.ts';
import type { CheckVerdict, StepState, Verdict } from './types.ts';

export interface Progress {
  /** Steps of a lab not asked about before start unchecked. */
  steps(lab: string): StepState[];
  /** Names the steps of a lab that was started. */
  begin(lab: string, steps: { number: number; title: string }[]): void;
  has(lab: string): boolean;
  forget(lab: string): void;
  /** Runs a step's checks; a second call while they run joins the first. Undefined: no such step. */
  check(lab: string, step: number): Promise<StepState | undefined>;
}

/** @param onChange called with a lab's id when one of its steps has changed */
export function createProgress(checks: CheckService, onChange: (lab: string) => void): Progress {
  const byLab = new Map<string, StepState[]>();
  const runningChecks = new Map<string, Promise<StepState>>();

  const run = async (lab: string, state: StepState): Promise<StepState> => {
    state.isChecking = true;
    state.attempts++;
    onChange(lab);
    const onProgress = ({ checks: done, now }: CheckProgress) => {
      state.checks = done;
      state.checkingNow = now;
      onChange(lab);
    };
    state.checks = await checks
      .check(lab, state.number, onProgress)
      .catch((error: unknown) => [unanswered(error)]);
    delete state.checkingNow;
    state.verdict = worst(state.checks);
    state.checkedAt = new Date().toISOString();
    state.isChecking = false;
    onChange(lab);
    return state;
  };

  return {
    steps: (lab) => byLab.get(lab) ?? [],
    begin(lab, steps) {
      byLab.set(
        lab,
        steps.map(({ number, title }) => ({ number, title, isChecking: false, attempts: 0, checks: [] })),
      );
      onChange(lab);
    },
    has: (lab) => byLab.has(lab),
    forget: (lab) => byLab.delete(lab),
    async check(lab, step) {
      const state = byLab.get(lab)?.find(({ number }) => number === step);
      if (state === undefined) return undefined;
      const key = `${lab} ${step}`;
      const running = runningChecks.get(key) ?? run(lab, state).finally(() => runningChecks.delete(key));
      runningChecks.set(key, running);
      return running;
    },
  };
}

/** Broken outweighs failed outweighs passed; a step without an answer is broken, never passed. */
export function worst(checks: CheckVerdict[]): Verdict {
  if (checks.length === 0 || checks.some(({ verdict }) => verdict === 'broken')) return 'broken';
  return checks.some(({ verdict }) => verdict === 'failed') ? 'failed' : 'passed';
}

const unanswered = (error: unknown): CheckVerdict => ({
  name: 'The checks could be run',
  verdict: 'broken',
  observed: error instanceof Error ? error.message : String(error),
  expected: 'an answer from every check of this step',
  where: "the appliance's own output, in the terminal where it was started",
});
