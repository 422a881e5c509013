// `./patchbay bench console`: what a learner waits for, measured through the console of an appliance of its own. Prints a
// table, judges nothing.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { interruptible } from '../../server/appliance/cli/interrupt.ts';
import { openEngine, prepareImages } from '../../server/appliance/cli/ready-engine.ts';
import type { Engine } from '../../server/appliance/engine/engine.ts';
import type { CatalogEntry } from '../../server/appliance/http/types.ts';
import { startAppliance } from '../support/appliance.ts';
import { consoleClient } from '../support/console-client.ts';
import { measureClass } from './console-class.ts';
import { measureEcho } from './console-echo.ts';
import { change, check, endLab, openBenchConsole, startLab, type BenchConsole } from './console-lab.ts';
import { percentile, reportFigures, type Figure } from './figures.ts';

const entry = 'ovs-vlan-one-tenant';
const rounds = 5;
/** The step of the class: an instance that has its address and answers. */
const classStep = 5;
const warmWithinMs = 120_000;

const say = (text: string) => void process.stderr.write(`${text}\n`);
const seconds = (ms: number) => ms / 1000;

async function repeat(measure: () => Promise<number>): Promise<number[]> {
  const samples: number[] = [];
  for (let round = 0; round < rounds; round++) samples.push(await measure());
  return samples;
}

/** Runs `work` on a console of its own, which is gone afterwards with its state. */
async function withConsole<T>(argv: string[], work: (console: BenchConsole) => Promise<T>): Promise<T> {
  const state = await mkdtemp(join(tmpdir(), 'patchbay-bench-'));
  try {
    await using appliance = await startAppliance({ state, argv });
    const console = await openBenchConsole(await consoleClient(appliance.link));
    try {
      return await work(console);
    } finally {
      for (const { id } of console.state().labs.filter((lab) => lab.entry === entry))
        await endLab(console, id);
      console.close();
    }
  } finally {
    await rm(state, { recursive: true, force: true });
  }
}

async function untilWarm(console: BenchConsole): Promise<void> {
  const end = Date.now() + warmWithinMs;
  for (;;) {
    const entries = await console.send<CatalogEntry[]>('GET', '/api/catalog');
    if ((entries.find(({ id }) => id === entry)?.warm ?? 0) > 0) return;
    if (Date.now() > end) throw new Error('No lab was ready ahead after two minutes');
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

/** One learner in one lab. */
async function measureLab(console: BenchConsole, figures: Figure[]): Promise<void> {
  say('starting labs');
  const starts = await repeat(async () => {
    const { id, ms } = await startLab(console, entry);
    await endLab(console, id);
    return seconds(ms);
  });
  figures.push({ what: 'click to a ready lab', unit: 's', atMost: 12, samples: starts });

  const { id } = await startLab(console, entry);
  const last = console.state().labs.find((lab) => lab.id === id)!.steps.length;
  say('resetting');
  const resets = await repeat(async () => seconds(await change(console, id, 'reset')));
  figures.push({ what: 'reset to the start', unit: 's', atMost: 12, samples: resets });
  say('bringing to the last step');
  const brings = await repeat(async () => seconds(await change(console, id, 'bring', { step: last })));
  figures.push({ what: 'bring me to the last step', unit: 's', atMost: 30, samples: brings });

  say('checking');
  const verdicts: number[] = [];
  for (let round = 0; round < rounds; round++)
    for (let step = 1; step <= last; step++) {
      const { state, ms } = await check(console, id, step);
      if (state.verdict !== 'passed') throw new Error(`Step ${step} is ${state.verdict} after its solution`);
      verdicts.push(seconds(ms));
    }
  figures.push({ what: "a step's verdict after its solution", unit: 's', atMost: 2, samples: verdicts });

  say('typing');
  const echo = await measureEcho(console, id);
  figures.push(
    { what: 'terminal echo, ten terminals busy', unit: 'ms', atMost: 15, samples: echo },
    { what: 'the same, 99th percentile', unit: 'ms', atMost: 60, samples: [percentile(echo, 99)] },
  );
  await endLab(console, id);
}

async function measureTen(console: BenchConsole, engine: Engine, figures: Figure[]): Promise<void> {
  say('ten labs at once');
  const { startSeconds, memory, failures } = await measureClass(
    { console, engine },
    { entry, step: classStep },
  );
  figures.push(
    { what: 'ten labs at once: memory of each (PSS)', unit: 'MB', atMost: 600, samples: memory },
    { what: 'ten labs clicked at once: all ready', unit: 's', atMost: 120, samples: startSeconds },
  );
  for (const failure of failures) say(`Not all of the ten work: ${failure}`);
  if (failures.length > 0) process.exitCode = 1;
}

async function measureWarm(console: BenchConsole, figures: Figure[]): Promise<void> {
  say('starting labs that are ready ahead');
  const samples = await repeat(async () => {
    await untilWarm(console);
    const { id, ms } = await startLab(console, entry);
    await endLab(console, id);
    return seconds(ms);
  });
  figures.push({ what: 'click to a ready lab, warm pool', unit: 's', atMost: 1, samples });
}

await interruptible(async (signal) => {
  const engine = await openEngine();
  await prepareImages(engine, signal);
  const figures: Figure[] = [];
  try {
    await withConsole(['--warm', '1'], (console) => measureWarm(console, figures));
    await withConsole([], async (console) => {
      await measureLab(console, figures);
      await measureTen(console, engine, figures);
    });
  } finally {
    // also what was measured before something failed
    const measured = figures.filter(({ samples }) => samples.length > 0);
    process.stdout.write(`${reportFigures(measured, process.argv[2] ?? 'text')}\n`);
  }
});
