// The JSON API of types.ts. Thin: it parses, asks the services and answers; state reaches the page by events.
import express, { type ErrorRequestHandler, type Request, type Response, type Router } from 'express';
import { z } from 'zod';
import { NotNow, type LabService, type LabSource } from './deps.ts';
import { guideBlocks } from './guide-text.ts';
import type { Progress } from './progress.ts';
import type { Terminals } from './terminals.ts';
import type { ApiProblem, Guide, LabState, Solution } from './types.ts';

const startLab = z.strictObject({ entry: z.string().min(1).max(100) });
const bringTo = z.strictObject({ step: z.int().min(0).max(99) });
const openTerminal = z.strictObject({
  place: z.string().min(1).max(200),
  columns: z.int().min(2).max(1000),
  rows: z.int().min(1).max(1000),
});

/** An answer that is not a success; thrown by a route, written by `answerProblem`. */
class Refused extends Error {
  readonly status: number;
  readonly problem: ApiProblem;
  constructor(status: number, title: string, detail: string) {
    super(detail);
    this.status = status;
    this.problem = { title, detail };
  }
}

const notFound = (what: string, name: string, next: string) =>
  new Refused(404, `No such ${what}`, `There is no ${what} '${name}'. ${next}`);

const noStep = (request: Request, count: number) =>
  notFound('step', String(request.params.step), `The lab has ${count}.`);

export interface ApiParts {
  labs: LabService;
  progress: Progress;
  terminals: Terminals;
  /** A running lab of a learner with its steps and terminals. */
  stateOf(learner: string, lab: string): LabState | undefined;
  log: { error(message: string): void };
}

export function apiRouter({ labs, progress, terminals, stateOf, log }: ApiParts): Router {
  const api = express.Router();
  api.use(express.json({ limit: '64kb' }));

  const sourceOf = async (entry: string): Promise<LabSource> => {
    const source = await labs.source(entry);
    if (source === undefined) throw notFound('lab', entry, 'The catalog lists those there are.');
    return source;
  };
  const runningLab = (request: Request): LabState => {
    const id = String(request.params.lab);
    const state = stateOf(learnerOf(request), id);
    if (state === undefined)
      throw notFound('running lab', id, 'It may have been taken down; start it again.');
    return state;
  };

  api.get('/catalog', async (_request, response) => {
    response.json(await labs.catalog());
  });
  api.get('/catalog/:entry/guide', async (request, response) => {
    response.json(guideOf(await sourceOf(request.params.entry)));
  });

  api.post('/labs', async (request, response) => {
    const { entry } = parse(startLab, request.body);
    const source = await sourceOf(entry);
    if (source.entry.problem !== undefined)
      throw new Refused(409, 'This lab cannot be started', source.entry.problem);
    const learner = learnerOf(request);
    const lab = await labs.start(entry, learner);
    const started = labs.running().find(({ id }) => id === lab);
    if (started !== undefined) await progress.meet(started);
    response.status(202).json(stateOf(learner, lab));
  });
  // Before every route of a lab, those to come too: another learner's is answered as one that is not there.
  api.use('/labs/:lab', (request, _response, next) => {
    runningLab(request);
    next();
  });
  api.delete('/labs/:lab', async (request, response) => {
    await labs.destroy(runningLab(request).id);
    response.status(202).json({});
  });

  api.post('/labs/:lab/reset', async (request, response) => {
    await labs.reset(runningLab(request).id);
    response.status(202).json({});
  });
  api.post('/labs/:lab/bring', async (request, response) => {
    const { step } = parse(bringTo, request.body);
    const lab = runningLab(request);
    if (step > lab.steps.length) throw notFound('step', String(step), `The lab has ${lab.steps.length}.`);
    progress.demandReachable(lab.id, step);
    await labs.bring(lab.id, step);
    response.status(202).json({});
  });
  api.post('/labs/:lab/resume', async (request, response) => {
    await labs.resume(runningLab(request).id);
    response.status(202).json({});
  });
  for (const verb of ['repair', 'restart'] as const)
    api.post(`/labs/:lab/${verb}`, async (request: Request, response: Response) => {
      await labs[verb](runningLab(request).id);
      response.status(202).json({});
    });
  api.post('/labs/:lab/extend', async (request, response) => {
    await labs.extend(runningLab(request).id);
    response.status(202).json({});
  });

  /** A verb on one step that answers with its state. */
  const onStep = (verb: 'hint' | 'open') =>
    api.post(`/labs/:lab/steps/:step/${verb}`, async (request: Request, response: Response) => {
      const lab = runningLab(request);
      const step = await progress[verb](lab.id, Number(request.params.step));
      if (step === undefined) throw noStep(request, lab.steps.length);
      response.json(step);
    });
  onStep('hint');
  onStep('open');
  api.post('/labs/:lab/steps/:step/check', async (request, response) => {
    const lab = runningLab(request);
    if (lab.phase !== 'ready')
      throw new Refused(
        409,
        'The lab is not ready',
        `Its checks can run once it is; now it is ${lab.phase}.`,
      );
    const step = await progress.check(lab.id, Number(request.params.step));
    if (step === undefined) throw noStep(request, lab.steps.length);
    response.json(step);
  });
  api.get('/labs/:lab/steps/:step/solution', async (request, response) => {
    const lab = runningLab(request);
    const { steps } = await sourceOf(lab.entry);
    const step = steps.find(({ number }) => number === Number(request.params.step));
    if (step === undefined) throw noStep(request, steps.length);
    progress.demandOpen(lab.id, step.number);
    response.json({ step: step.number, commands: step.solution } satisfies Solution);
  });

  api.post('/labs/:lab/terminals', async (request, response) => {
    const wanted = parse(openTerminal, request.body);
    const lab = runningLab(request);
    const opened = await terminals.open(lab.id, wanted).catch((error: unknown) => {
      throw new Refused(409, `No terminal on ${wanted.place}`, messageOf(error));
    });
    response.status(201).json(opened);
  });
  api.delete('/labs/:lab/terminals/:id', (request, response) => {
    if (!terminals.close(runningLab(request).id, request.params.id))
      throw notFound('terminal', request.params.id, 'It has ended already.');
    response.status(204).end();
  });

  api.use((request: Request) => {
    throw notFound('address', request.path, 'This console serves another version; reload the page.');
  });
  api.use(answerProblem(log));
  return api;
}

/** A lab's texts as the page draws them; also what a lab's author previews. */
export function guideOf(source: LabSource): Guide {
  return {
    entry: source.entry.id,
    title: source.entry.title,
    introduction: guideBlocks(source.introduction),
    steps: source.steps.map(({ number, title, markdown, solution }) => ({
      number,
      title,
      blocks: guideBlocks(markdown),
      hasSolution: solution.length > 0,
    })),
  };
}

/** Who was admitted (pages.ts notes it). */
function learnerOf(request: Request): string {
  const learner: unknown = request.res?.locals.learner;
  if (typeof learner !== 'string') throw new Error('a request came past the guard');
  return learner;
}

function parse<T>(schema: z.ZodType<T>, body: unknown): T {
  const result = schema.safeParse(body);
  if (result.success) return result.data;
  const problems = result.error.issues.map(({ path, message }) => `${path.join('.') || 'body'}: ${message}`);
  throw new Refused(400, 'The request is not understood', problems.join('; '));
}

const messageOf = (error: unknown) => (error instanceof Error ? error.message : String(error));

function answerProblem(log: ApiParts['log']): ErrorRequestHandler {
  return (error: unknown, request: Request, response: Response, _next) => {
    if (error instanceof Refused) return void response.status(error.status).json(error.problem);
    if (error instanceof NotNow)
      return void response.status(409).json({ title: 'Not now', detail: error.message } satisfies ApiProblem);
    const status = statusOf(error);
    if (status >= 500) log.error(`${request.method} ${request.originalUrl}: ${messageOf(error)}`);
    response.status(status).json({
      title: status < 500 ? 'The request is not understood' : 'The appliance could not do this',
      detail: messageOf(error),
    } satisfies ApiProblem);
  };
}

// What express itself throws (a body that is no JSON, too large) carries its status.
function statusOf(error: unknown): number {
  const status =
    typeof error === 'object' && error !== null && 'status' in error ? Number(error.status) : 500;
  return status >= 400 && status < 500 ? status : 500;
}
