// What is remembered of a learner's work: attempts, hints, gates, and what fresh nodes leave of it.
import { expect, it } from 'vitest';
import type { CheckVerdict, Verdict } from '../../../../server/appliance/http/types.ts';
import { lastReachable, shutBy } from '../../../../server/appliance/journey/gating.ts';
import { hintsOf, withNextHint } from '../../../../server/appliance/journey/hints.ts';
import {
  afterAttempt,
  afterReplay,
  beforeMaking,
  journeySchema,
  lastPassed,
  newJourney,
  withStep,
  withSteps,
  type Journey,
} from '../../../../server/appliance/journey/journey.ts';

const at = (minute: number) => new Date(Date.UTC(2026, 0, 1, 10, minute));
const verdicts = (...all: [name: string, verdict: Verdict][]): CheckVerdict[] =>
  all.map(([name, verdict]) => ({ name, verdict, observed: 'o', expected: 'e', where: 'w' }));
const passed = verdicts(['net01 exists', 'passed'], ['net01 has a subnet', 'passed']);
const noNetwork = verdicts(['net01 exists', 'failed']);
const noSubnet = verdicts(['net01 exists', 'passed'], ['net01 has a subnet', 'failed']);
const broken = verdicts(['net01 exists', 'broken']);

const fresh = newJourney({
  ...{ id: 'demo', entry: 'demo', learner: 'local', title: 'Demo', startedAt: at(0) },
  steps: [1, 2, 3].map((number) => ({ number, title: `Step ${number}` })),
});
const step = (journey: Journey, number = 1) => journey.steps[number - 1]!;
const attempts = (...all: CheckVerdict[][]) =>
  all.reduce((journey, checks, index) => afterAttempt(journey, 1, checks, at(index + 1)), fresh);

it('counts attempts, keeps the last verdict, and the first time it passed', () => {
  const journey = attempts(noNetwork, passed, passed, noSubnet);
  expect(step(journey)).toMatchObject({
    ...{ attempts: 4, verdict: 'failed', checks: noSubnet },
    ...{ passedAt: at(2).toISOString(), checkedAt: at(4).toISOString() },
  });
  expect(step(journey, 2)).toEqual(step(fresh, 2));
});

it('a step without an answer, or with one that is broken, has not passed', () => {
  for (const checks of [[], broken]) {
    expect(step(attempts(checks))).toMatchObject({ verdict: 'broken', attempts: 1 });
    expect(step(attempts(checks)).passedAt).toBeUndefined();
  }
});

it('what is written can be read again', () => {
  const journey = beforeMaking(attempts(noNetwork, broken, passed), 1);
  expect(journeySchema.parse(JSON.parse(JSON.stringify(journey)))).toEqual(journey);
});

const hinted = [
  { name: 'the ground holds', hints: ['never shown'], isGuard: true },
  { name: 'net01 exists', hints: ['vague', 'clearer', 'nearly said'], isGuard: false },
  { name: 'net01 has a subnet', hints: ['subnets'], isGuard: false },
];
const hints = (journey: Journey) => hintsOf(step(journey), hinted);

it('opens no hint at the first failure, and one more at each that follows', () => {
  expect(hints(attempts(noNetwork))).toEqual({ hints: [], hintsLeft: 3 });
  expect(hints(attempts(noNetwork, noNetwork))).toEqual({ hints: ['vague'], hintsLeft: 2 });
  const often = attempts(...Array.from({ length: 9 }, () => noNetwork));
  expect(hints(often)).toEqual({ hints: ['vague', 'clearer', 'nearly said'], hintsLeft: 0 });
});

it('gives the hints of the check that fails first now, and none once all pass', () => {
  expect(hints(attempts(noNetwork, noNetwork, noSubnet))).toEqual({ hints: [], hintsLeft: 1 });
  expect(hints(attempts(noNetwork, noNetwork, noSubnet, noNetwork))).toEqual({
    ...{ hints: ['vague', 'clearer'], hintsLeft: 1 },
  });
  expect(hints(attempts(noNetwork, noNetwork, passed))).toEqual({ hints: [], hintsLeft: 0 });
});

it('a lab that is broken costs no hint and closes none', () => {
  expect(hints(attempts(noNetwork, broken, broken))).toEqual({ hints: [], hintsLeft: 3 });
  expect(hints(attempts(noNetwork, noNetwork, broken))).toEqual({ hints: ['vague'], hintsLeft: 2 });
});

it('opens the next hint on request, also before the first attempt, until none is left', () => {
  let one = step(fresh);
  for (const opened of [1, 2, 3]) {
    one = withNextHint(one, hinted)!;
    expect(hintsOf(one, hinted).hints.length).toBe(opened);
  }
  expect(withNextHint(one, hinted)).toBeUndefined();
  expect(withNextHint(step(fresh), [])).toBeUndefined();
});

it('shuts steps behind the first that has not passed, as the gating says', () => {
  const shut = (gating: 'free' | 'soft' | 'hard', journey: Journey) =>
    journey.steps.map(({ number }) => shutBy(gating, journey.steps, number)?.number ?? 0);
  const first = attempts(passed);
  expect(shut('free', fresh)).toEqual([0, 0, 0]);
  expect(shut('hard', fresh)).toEqual([0, 1, 2]);
  expect(shut('hard', first)).toEqual([0, 0, 2]);
  const opened = withStep(first, 3, (one) => ({ ...one, isOpened: true }));
  expect(shut('soft', opened)).toEqual([0, 0, 0]);
  expect(shut('hard', opened)).toEqual([0, 0, 2]);
});

it('brings nobody past a step of a hard lab that has not passed', () => {
  expect(lastReachable('hard', fresh.steps)).toBe(0);
  expect(lastReachable('hard', attempts(passed).steps)).toBe(1);
  expect(lastReachable('soft', fresh.steps)).toBe(3);
});

it('calls a step that a replay typed replayed, unless the learner had passed it', () => {
  const journey = afterReplay(afterReplay(attempts(passed), 1, passed, at(8)), 2, passed, at(9));
  expect(step(journey)).toMatchObject({ passedAt: at(1).toISOString(), attempts: 1 });
  expect(step(journey).isReplayed).toBeUndefined();
  expect(step(journey, 2)).toMatchObject({ isReplayed: true, passedAt: at(9).toISOString(), attempts: 0 });
  const failed = afterReplay(fresh, 1, noSubnet, at(8));
  expect(step(failed)).toMatchObject({ verdict: 'failed', attempts: 0 });
  expect(step(failed).passedAt ?? step(failed).isReplayed).toBeUndefined();
});

it('claims nothing of steps behind the one it is made anew for', () => {
  const done = [1, 2, 3].reduce(
    (journey, number) => afterAttempt(journey, number, passed, at(number)),
    fresh,
  );
  expect(lastPassed(done)).toBe(3);
  const made = beforeMaking({ ...done, endedAt: at(9).toISOString() }, 2);
  expect(made.steps.map(({ passedAt, attempts }) => [passedAt !== undefined, attempts])).toEqual([
    [true, 1],
    [true, 1],
    [false, 0],
  ]);
  expect(made).toMatchObject({ generation: 1, underway: { kind: 'make', until: 2 } });
  expect(made.endedAt).toBeUndefined();
  expect(beforeMaking(done, 0).steps).toEqual(fresh.steps);
});

it('follows an author who renames, adds and drops steps', () => {
  const names = ['Step one', 'Step 2', 'Step 3', 'Step 4'].map((title, index) => ({
    number: index + 1,
    title,
  }));
  const changed = withSteps(attempts(passed), names);
  expect(changed.steps.map(({ title, attempts: count }) => `${title}: ${count}`)).toEqual([
    ...['Step one: 1', 'Step 2: 0', 'Step 3: 0', 'Step 4: 0'],
  ]);
  expect(withSteps(changed, names.slice(0, 1)).steps.length).toBe(1);
});
