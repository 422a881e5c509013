// How far a learner is in each lab, as the page shows it: what the lab's journey remembers, and the check that runs now.
// One check of a step runs at a time; its verdict is on the disk before anybody is told.
import { lastReachable, shutBy } from '../journey/gating.ts';
import { hintsOf, withNextHint } from '../journey/hints.ts';
import { afterAttempt, newJourney, withStep, withSteps, type StepJourney } from '../journey/journey.ts';
import type { Journeys } from '../journey/journeys.ts';
import { NotNow, type CheckProgress, type CheckService, type LabSource, type RunningLab } from './deps.ts';
import type { CheckVerdict, Gating, LabClock, StepState } from './types.ts';

export interface Progress {
  steps(lab: string): StepState[];
  head(lab: string): { gating: Gating; clock?: LabClock };
  /** Reads what a lab's folder says of its steps; for one that another program started it begins a journey. */
  meet(lab: RunningLab): Promise<void>;
  forget(lab: string): void;
  /** Runs a step's checks; a second call while they run joins the first. Undefined: no such step. */
  check(lab: string, step: number): Promise<StepState | undefined>;
  /** Opens the next hint. */
  hint(lab: string, step: number): Promise<StepState | undefined>;
  /** Opens a step that soft gating keeps shut. */
  open(lab: string, step: number): Promise<StepState | undefined>;
  /** Throws NotNow, with the step that must pass first, when `step` is shut. */
  demandOpen(lab: string, step: number): void;
  /** Throws NotNow when gating lets nobody be brought to the end of `step`. */
  demandReachable(lab: string, step: number): void;
}

export interface ProgressParts {
  checks: CheckService;
  journeys: Journeys;
  readSource: (entry: string) => Promise<LabSource | undefined>;
  /** Called with a lab's id when something here has changed that its journey does not tell. */
  onChange: (lab: string) => void;
}

export function createProgress({ checks, journeys, readSource, onChange }: ProgressParts): Progress {
  const sources = new Map<string, LabSource>();
  /** Checks that run, by lab and step. */
  const running = new Map<string, { done: Promise<StepState>; seen: CheckProgress }>();

  const gatingOf = (lab: string) => sources.get(lab)?.gating ?? 'free';
  const stepsOf = (lab: string) => journeys.find(lab)?.steps ?? [];
  const stepOf = (lab: string, number: number) => stepsOf(lab).find((step) => step.number === number);
  const hintedOf = (lab: string, number: number) =>
    sources.get(lab)?.steps.find((step) => step.number === number)?.checks ?? [];

  const shown = (lab: string, step: StepJourney): StepState => {
    const { tries: _tries, stuckAt: _stuckAt, isOpened: _isOpened, ...state } = step;
    const now = running.get(`${lab} ${step.number}`)?.seen;
    const isShut = shutBy(gatingOf(lab), stepsOf(lab), step.number) !== undefined;
    return {
      ...state,
      ...hintsOf(step, hintedOf(lab, step.number)),
      isChecking: now !== undefined,
      ...(now === undefined ? {} : { checks: now.checks }),
      ...(now?.now === undefined ? {} : { checkingNow: now.now }),
      ...(isShut ? { isShut } : {}),
    };
  };
  const shownNow = (lab: string, number: number): StepState | undefined => {
    const step = stepOf(lab, number);
    return step && shown(lab, step);
  };

  /** An author may have changed the folder since it was read. */
  const reread = async (lab: string) => {
    const journey = journeys.find(lab);
    const source = journey && (await readSource(journey.entry));
    if (source !== undefined) sources.set(lab, source);
  };

  const run = async (lab: string, number: number, seen: CheckProgress): Promise<StepState> => {
    const generation = journeys.find(lab)?.generation;
    onChange(lab);
    const onProgress = (progress: CheckProgress) => {
      delete seen.now;
      Object.assign(seen, progress);
      onChange(lab);
    };
    const found = await checks.check(lab, number, onProgress).catch((error: unknown) => [unanswered(error)]);
    const journey = await journeys.change(lab, (known) =>
      // nodes that were replaced meanwhile say nothing of those that stand now
      known.generation === generation ? afterAttempt(known, number, found, new Date()) : known,
    );
    if (journey === undefined) throw new NotNow(`Lab '${lab}' was taken down while its step was checked.`);
    running.delete(`${lab} ${number}`);
    return shownNow(lab, number)!;
  };

  const demandOpen = (lab: string, step: number) => {
    const gating = gatingOf(lab);
    const first = shutBy(gating, stepsOf(lab), step);
    if (first === undefined) return;
    const way = gating === 'soft' ? ' It can be opened before its turn.' : '';
    throw new NotNow(`Step ${step} opens when step ${first.number}, '${first.title}', has passed.${way}`);
  };

  return {
    steps: (lab) => stepsOf(lab).map((step) => shown(lab, step)),
    head(lab) {
      const clock = journeys.find(lab)?.clock;
      return { gating: gatingOf(lab), ...(clock === undefined ? {} : { clock }) };
    },
    async meet({ id, entry, learner, title, startedAt }) {
      const source = await readSource(entry);
      if (source === undefined) return;
      sources.set(id, source);
      const { steps } = source;
      journeys.meet(newJourney({ id, entry, learner, title, steps, startedAt: new Date(startedAt) }));
      // an author may have changed the folder since
      const known = journeys.find(id)?.steps.map(({ title: name }) => name);
      if (known?.join('\n') !== steps.map(({ title: name }) => name).join('\n'))
        await journeys.change(id, (journey) => withSteps(journey, steps));
      onChange(id);
    },
    forget: (lab) => void sources.delete(lab),
    async check(lab, step) {
      if (stepOf(lab, step) === undefined) return undefined;
      await reread(lab);
      demandOpen(lab, step);
      const key = `${lab} ${step}`;
      const joined = running.get(key);
      if (joined !== undefined) return joined.done;
      const seen: CheckProgress = { checks: [] };
      const { promise, resolve, reject } = Promise.withResolvers<StepState>();
      running.set(key, { done: promise, seen });
      run(lab, step, seen)
        .finally(() => {
          running.delete(key);
          onChange(lab);
        })
        .then(resolve, reject);
      return promise;
    },
    async hint(lab, number) {
      if (stepOf(lab, number) === undefined) return undefined;
      demandOpen(lab, number);
      let isLeft = true;
      await journeys.change(lab, (journey) =>
        withStep(journey, number, (step) => {
          const next = withNextHint(step, hintedOf(lab, number));
          isLeft = next !== undefined;
          return next ?? step;
        }),
      );
      if (!isLeft) throw new NotNow('No hint is left for this step. Its solution can be shown.');
      return shownNow(lab, number);
    },
    async open(lab, number) {
      if (stepOf(lab, number) === undefined) return undefined;
      if (gatingOf(lab) === 'hard') demandOpen(lab, number);
      await journeys.change(lab, (journey) =>
        withStep(journey, number, (step) => ({ ...step, isOpened: true })),
      );
      return shownNow(lab, number);
    },
    demandOpen,
    demandReachable(lab, step) {
      const last = lastReachable(gatingOf(lab), stepsOf(lab));
      if (step <= last) return;
      throw new NotNow(
        `The steps of this lab open one after the other: it can be brought to the end of step ${last}, the last before one that has not passed.`,
      );
    },
  };
}

const unanswered = (error: unknown): CheckVerdict => ({
  name: 'The checks could be run',
  verdict: 'broken',
  observed: error instanceof Error ? error.message : String(error),
  expected: 'an answer from every check of this step',
  where: "the appliance's own output, in the terminal where it was started",
});
