// Ten learners at once: every lab is built, brought to a step with real packets, and its check must pass.
import type { Engine } from '../../server/appliance/engine/engine.ts';
import { attachLab } from '../../server/appliance/proof/attach-lab.ts';
import { change, check, endLab, startLab, type BenchConsole } from './console-lab.ts';
import { measureMemory } from './idle.ts';

const learners = 10;

export interface ClassFigures {
  /** From the first click to the last lab ready, seconds. */
  startSeconds: number;
  /** Of each lab, after its work, in MB (PSS). */
  memory: number[];
  /** Labs whose checks did not pass, with the check. */
  failures: string[];
}

/** Starts ten labs of `entry`, brings each to the end of `step`, checks every step up to it, and ends them. */
export async function measureClass(
  { console, engine }: { console: BenchConsole; engine: Engine },
  { entry, step }: { entry: string; step: number },
): Promise<ClassFigures> {
  const began = performance.now();
  const labs = await Promise.all(Array.from({ length: learners }, () => startLab(console, entry)));
  const startSeconds = (performance.now() - began) / 1000;
  const ids = labs.map(({ id }) => id);
  try {
    for (const id of ids) await change(console, id, 'bring', { step });
    const memory: number[] = [];
    const failures: string[] = [];
    for (const id of ids) {
      memory.push(await measureMemory(await attachLab(engine, id)));
      for (let number = 1; number <= step; number++) {
        const { state } = await check(console, id, number);
        if (state.verdict === 'passed') continue;
        const first = state.checks.find(({ verdict }) => verdict !== 'passed');
        failures.push(`${id}, step ${number}: ${first?.name}: ${first?.observed}`);
      }
    }
    return { startSeconds, memory, failures };
  } finally {
    for (const id of ids) await endLab(console, id);
  }
}
