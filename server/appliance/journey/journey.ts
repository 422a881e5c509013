// What a lab's owner has done in it and how long it may stand: all that outlives nodes, appliance and browser. Pure; every
// function answers with a new journey.
import { z } from 'zod';
import type { CheckVerdict, Verdict } from '../http/types.ts';

const verdict = z.enum(['passed', 'failed', 'broken']);
const time = z.iso.datetime();

const checkSchema = z.object({
  name: z.string(),
  verdict,
  observed: z.string(),
  expected: z.string(),
  where: z.string(),
  command: z.object({ place: z.string(), text: z.string() }).optional(),
});

const stepSchema = z.object({
  number: z.int().min(1),
  title: z.string(),
  attempts: z.int().min(0),
  verdict: verdict.optional(),
  checks: z.array(checkSchema),
  checkedAt: time.optional(),
  passedAt: time.optional(),
  /** Typed by a replay, not by the learner. */
  isReplayed: z.boolean().optional(),
  /** A step of a soft lab that was opened before its turn. */
  isOpened: z.boolean().optional(),
  /** Name of the check that was the first to fail at the last attempt that failed. */
  stuckAt: z.string().optional(),
  /** By name of a check: how often it was the first that failed, and how many of its hints are open. */
  tries: z.record(z.string(), z.object({ failures: z.int().min(0), opened: z.int().min(0) })),
});

export const journeySchema = z.object({
  id: z.string(),
  entry: z.string(),
  learner: z.string(),
  title: z.string(),
  startedAt: time,
  /** Counts the times its nodes were made: what was seen on older ones says nothing of these. */
  generation: z.int().min(0),
  /** What is being done to its nodes; an appliance that was killed goes on with it. */
  underway: z
    .discriminatedUnion('kind', [
      z.object({ kind: z.literal('make'), until: z.int().min(0) }),
      z.object({ kind: z.literal('end') }),
      z.object({ kind: z.literal('run-out') }),
    ])
    .optional(),
  readyAt: time.optional(),
  /** When its time ran out and its nodes were taken down. */
  endedAt: time.optional(),
  clock: z.object({ endsAt: time, extendMinutes: z.int().min(1) }).optional(),
  /** Why its nodes stand where nobody wanted them: a solution failed while it was replayed. */
  stuck: z.object({ message: z.string(), logTail: z.array(z.string()) }).optional(),
  steps: z.array(stepSchema),
});

export type Journey = z.infer<typeof journeySchema>;
export type StepJourney = z.infer<typeof stepSchema>;

/** A step as a lab's folder has it. */
type StepName = Pick<StepJourney, 'number' | 'title'>;

const untouched = ({ number, title }: StepName): StepJourney => ({
  ...{ number, title, attempts: 0, checks: [], tries: {} },
});

/** A lab that nobody has worked in. */
export function newJourney(
  head: Pick<Journey, 'id' | 'entry' | 'learner' | 'title'> & { steps: StepName[]; startedAt: Date },
): Journey {
  const { startedAt, steps, ...names } = head;
  return {
    ...names,
    startedAt: startedAt.toISOString(),
    generation: 0,
    steps: steps.map(untouched),
  };
}

/** The journey with the steps its lab's folder has now, keeping what is known of each. */
export function withSteps(journey: Journey, steps: StepName[]): Journey {
  const known = new Map(journey.steps.map((step) => [step.number, step]));
  return {
    ...journey,
    steps: steps.map((step) => ({ ...(known.get(step.number) ?? untouched(step)), ...nameOf(step) })),
  };
}

const nameOf = ({ number, title }: StepName): StepName => ({ number, title });

/** One step changed; the journey as it was when it has no such step. */
export function withStep(
  journey: Journey,
  number: number,
  change: (step: StepJourney) => StepJourney,
): Journey {
  return { ...journey, steps: journey.steps.map((step) => (step.number === number ? change(step) : step)) };
}

/** Broken outweighs failed outweighs passed; a step without an answer is broken, never passed. */
export function worst(checks: CheckVerdict[]): Verdict {
  if (checks.length === 0 || checks.some((check) => check.verdict === 'broken')) return 'broken';
  return checks.some((check) => check.verdict === 'failed') ? 'failed' : 'passed';
}

const seen = (step: StepJourney, checks: CheckVerdict[], at: Date): StepJourney => {
  const checkedAt = at.toISOString();
  const verdict = worst(checks);
  return {
    ...step,
    checks,
    verdict,
    checkedAt,
    ...(verdict === 'passed' ? { passedAt: step.passedAt ?? checkedAt } : {}),
  };
};

/** After the learner's attempt. The second failure of a check opens its first hint, each further one the next. */
export function afterAttempt(journey: Journey, number: number, checks: CheckVerdict[], at: Date): Journey {
  return withStep(journey, number, (step) => {
    const failed = checks.find((check) => check.verdict === 'failed');
    const tried = { ...seen(step, checks, at), attempts: step.attempts + 1 };
    if (tried.verdict !== 'failed' || failed === undefined) return tried;
    const { failures, opened } = step.tries[failed.name] ?? { failures: 0, opened: 0 };
    const next = { failures: failures + 1, opened: failures === 0 ? opened : opened + 1 };
    return { ...tried, stuckAt: failed.name, tries: { ...step.tries, [failed.name]: next } };
  });
}

/** After a step's solution was typed by a replay and its checks have looked. */
export function afterReplay(journey: Journey, number: number, checks: CheckVerdict[], at: Date): Journey {
  return withStep(journey, number, (step) => {
    const looked = seen(step, checks, at);
    // what the learner had done alone stays the learner's
    return looked.verdict === 'passed' && step.passedAt === undefined
      ? { ...looked, isReplayed: true }
      : looked;
  });
}

/** The last step that has passed, or 0: where `resume` leads to. */
export const lastPassed = ({ steps }: Journey): number =>
  Math.max(0, ...steps.filter(({ passedAt }) => passedAt !== undefined).map(({ number }) => number));

/** Before the nodes are made anew for the end of step `until`: what was done after it is not there any more. */
export function beforeMaking(journey: Journey, until: number): Journey {
  const { endedAt: _ended, stuck: _stuck, readyAt: _ready, clock: _clock, ...rest } = journey;
  return {
    ...rest,
    generation: journey.generation + 1,
    underway: { kind: 'make', until },
    steps: journey.steps.map((step) => (step.number > until ? untouched(step) : step)),
  };
}
