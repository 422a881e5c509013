// Types the solutions of a lab's steps through real terminals, one lasting shell per place as a learner has, and looks at
// each step with its checks before it goes on: the next step stands on what this one made.
import type { Lab, LabCommand, Step } from '../catalog/types.ts';
import { runChecks, type CheckGround, type CheckOutcome } from '../checks/run-checks.ts';
import type { CheckVerdict } from '../http/types.ts';
import type { ProofLab } from '../proof/deps.ts';
import { createPerformer, type Failure } from '../proof/perform.ts';

/** How far a replay is; told before each command and before a step is looked at. */
export interface ReplayProgress {
  step: Step;
  /** What is typed now; none while the step is looked at. */
  command?: LabCommand;
  commandsDone: number;
  commandsTotal: number;
}

export interface ReplayParts {
  lab: Lab;
  openTerminal: ProofLab['openTerminal'];
  ground: CheckGround;
  /** The last step to be typed. */
  until: number;
  signal: AbortSignal;
  onProgress: (progress: ReplayProgress) => void;
  /** Called with the verdicts of each step that was typed, also of one that then did not pass. */
  onLooked: (step: Step, checks: CheckVerdict[]) => Promise<void>;
}

/** The replay came to an end before its end: a command failed, or a step did not pass after its solution. */
export class ReplayFailed extends Error {
  /** What was typed and its last lines, or the verdict that was not expected. */
  readonly logTail: string[];
  constructor(message: string, logTail: string[]) {
    super(message);
    this.name = 'ReplayFailed';
    this.logTail = logTail;
  }
}

/** Lines of a failed command's output that are shown. */
const tailLines = 12;

/** Throws ReplayFailed, or the signal's reason when it was aborted; the terminals are closed in the end. */
export async function replay({
  lab,
  openTerminal,
  ground,
  until,
  signal,
  ...tell
}: ReplayParts): Promise<void> {
  const performer = createPerformer(openTerminal);
  const steps = lab.steps.filter(({ number }) => number <= until);
  const commandsTotal = steps.reduce((sum, { solution }) => sum + solution.length, 0);
  let commandsDone = 0;
  const aborted = new Promise<never>((_, reject) =>
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true }),
  );
  // what is under way then is left to end by itself, within its own bounds
  aborted.catch(() => undefined);
  const orAborted = <T>(work: Promise<T>): Promise<T> => Promise.race([work, aborted]);
  try {
    for (const step of steps) {
      for (const command of step.solution) {
        signal.throwIfAborted();
        tell.onProgress({ step, command, commandsDone, commandsTotal });
        const failure = await orAborted(performer.perform([command]));
        if (failure !== undefined) throw failedCommand(step, failure);
        commandsDone++;
      }
      tell.onProgress({ step, commandsDone, commandsTotal });
      const outcomes = await orAborted(runChecks(ground, step.checks, { patience: 'settle' }));
      await tell.onLooked(step, outcomes.flatMap(verdictOf));
      const unmet = outcomes.find(({ result }) => result?.verdict !== 'passed');
      if (unmet !== undefined) throw failedStep(step, unmet);
    }
  } finally {
    performer.close();
  }
}

const verdictOf = ({ check, result }: CheckOutcome): CheckVerdict[] =>
  result === undefined ? [] : [{ name: check.name, ...result }];

function failedCommand(step: Step, { command, code, output }: Failure): ReplayFailed {
  const ending = code === undefined ? 'did not end' : `ended with exit code ${code}`;
  return new ReplayFailed(
    `The solution of step ${step.number}, '${step.title}', failed: a command on ${command.place} ${ending}.`,
    [`${command.place}# ${command.text}`, ...output.split('\n').slice(-tailLines)],
  );
}

function failedStep(step: Step, { check, result, waitsFor }: CheckOutcome): ReplayFailed {
  const lines =
    result === undefined
      ? [`it waits for '${waitsFor}'`]
      : [`observed: ${result.observed}`, `expected: ${result.expected}`, `look at: ${result.where}`];
  const message = `Step ${step.number}, '${step.title}', does not pass after its solution was typed: ${check.name}.`;
  return new ReplayFailed(message, lines);
}
