// Runs the checks of a step in order, each until it holds or its time is up, and tells the learner's fault from the lab's.
import { setTimeout as delay } from 'node:timers/promises';
import type { Check } from '../catalog/types.ts';
import { kinds } from './kinds.ts';
import { resolveArgs } from './resolve.ts';
import { LabBroken, NameNotFound } from './types.ts';
import type { CheckContext, CheckResult, Look } from './types.ts';

/** Where checks run: a lab's places and API, and how to ask whether the lab itself is broken. */
export interface CheckGround extends CheckContext {
  diagnose: () => Promise<string | undefined>;
}

/** A check's result, or the name of the earlier check it waits for. */
export type CheckOutcome = { check: Check; milliseconds: number } & (
  { result: CheckResult; waitsFor?: undefined } | { result?: undefined; waitsFor: string }
);

export interface RunOptions {
  /** 'settle': give the cloud the time each check allows; 'once': look as it is now. */
  patience: 'settle' | 'once';
  /** Leave out everything after the first check that does not pass. */
  stopAtFirst?: boolean;
  /** Checks expected not to pass: they are given this long and no longer. */
  shortMs?: (check: Check) => number | undefined;
  onOutcome?: (outcome: CheckOutcome) => void;
}

/** Checks that look at the same time: most of their time is waiting for an answer that does not come. */
const lookingAtOnce = 4;

/**
 * Runs `checks`, cause before effect, and answers in their order. A check begins when those it `needs` have passed and is
 * not run when one of them did not; checks that need nothing of each other look at the same time.
 */
export async function runChecks(
  ground: CheckGround,
  checks: Check[],
  options: RunOptions,
): Promise<CheckOutcome[]> {
  let diagnosis: Promise<string | undefined> | undefined;
  const looking = createLimit(options.stopAtFirst === true ? 1 : lookingAtOnce);
  const begun = new Map<string, Promise<CheckOutcome>>();
  const judgeOne = async (check: Check, causes: CheckOutcome[]): Promise<CheckOutcome> => {
    const waitsFor = causes.find(({ result }) => result?.verdict !== 'passed')?.check.name;
    if (waitsFor !== undefined) return { check, milliseconds: 0, waitsFor };
    const allowedMs =
      options.patience === 'once' ? 0 : (options.shortMs?.(check) ?? check.withinSeconds * 1000);
    return looking(async () => {
      const started = performance.now();
      const result = await settle(ground, check, allowedMs);
      const { isAbsence, ...told } = result;
      const isDoubtful = told.verdict === 'failed' || isAbsence === true;
      const reason = isDoubtful ? await (diagnosis ??= ground.diagnose()) : undefined;
      const final = reason === undefined ? told : brokenBy(reason, told);
      return { check, milliseconds: Math.round(performance.now() - started), result: final };
    });
  };
  const begin = async (check: Check): Promise<CheckOutcome> => {
    const causes = await Promise.all(check.needs.flatMap((name) => begun.get(name) ?? []));
    const outcome = await judgeOne(check, causes);
    options.onOutcome?.(outcome);
    return outcome;
  };
  if (options.stopAtFirst !== true) {
    for (const check of checks) begun.set(check.name, begin(check));
    return Promise.all(begun.values());
  }
  const outcomes: CheckOutcome[] = [];
  for (const check of checks) {
    const outcome = begin(check);
    begun.set(check.name, outcome);
    outcomes.push(await outcome);
    if (outcomes.at(-1)!.result?.verdict !== 'passed') break;
  }
  return outcomes;
}

/** Lets at most `count` calls run at the same time, the others wait in their order. */
function createLimit(count: number): <T>(call: () => Promise<T>) => Promise<T> {
  const waiting: (() => void)[] = [];
  let free = count;
  return async (call) => {
    if (free > 0) free--;
    else await new Promise<void>((resolve) => waiting.push(resolve));
    try {
      return await call();
    } finally {
      const next = waiting.shift();
      if (next === undefined) free++;
      else next();
    }
  };
}

/** The verdict of a whole step: the worst one that was reached. */
export function verdictOf(outcomes: CheckOutcome[]): 'passed' | 'failed' | 'broken' {
  const verdicts = outcomes.map(({ result }) => result?.verdict ?? 'failed');
  return verdicts.includes('broken') ? 'broken' : verdicts.includes('failed') ? 'failed' : 'passed';
}

/** Looks again with growing pauses until the check passes or `allowedMs` is over. */
async function settle(context: CheckContext, check: Check, allowedMs: number): Promise<Look> {
  const deadline = performance.now() + allowedMs;
  for (let pauseMs = 100; ; pauseMs = Math.min(pauseMs * 2, 1_000)) {
    const result = await lookOnce(context, check);
    const leftMs = deadline - performance.now();
    if (result.verdict === 'passed' || leftMs <= 0) return result;
    await delay(Math.min(pauseMs, leftMs));
  }
}

async function lookOnce(context: CheckContext, check: Check): Promise<Look> {
  const { unasked, ...result } = await judge(context, check);
  const where = check.where === undefined ? {} : { where: check.where };
  if (!check.isNegated || result.verdict === 'broken') return { ...result, ...where };
  const expected = `not: ${result.expected}`;
  // what could not be asked proves no absence
  if (unasked !== undefined && result.verdict === 'failed')
    return { ...result, verdict: 'failed', observed: `this proves nothing: ${unasked}`, expected, ...where };
  if (result.verdict === 'passed') return { ...result, verdict: 'failed', expected, ...where };
  return { ...result, verdict: 'passed', expected, ...where, isAbsence: true };
}

async function judge(context: CheckContext, check: Check): Promise<Look> {
  try {
    const args = await resolveArgs(context, check.args);
    return await kinds.get(check.kind)!.run(context as never, args);
  } catch (error) {
    // a name that is not there fails a check, also a negative one: it must have existed
    if (error instanceof NameNotFound)
      return { verdict: 'failed', ...error.result, unasked: error.result.observed };
    if (!(error instanceof LabBroken)) throw error;
    return {
      ...{ verdict: 'broken', observed: error.message, expected: check.name },
      ...{ where: 'the lab itself', command: { place: 'controller', text: 'neutron agent-list' } },
    };
  }
}

function brokenBy(reason: string, result: CheckResult): CheckResult {
  return { ...result, verdict: 'broken', observed: `${reason}; ${result.observed}`, where: 'the lab itself' };
}
