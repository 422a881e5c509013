// Ten learners at once: every lab is built, brought to a step with real packets, and its check must pass.
import type { Engine } from '../../server/appliance/engine/engine.ts';
import { attachLab } from '../../server/appliance/proof/attach-lab.ts';
import { change, check, endLab, startLab, type BenchConsole } from './console-lab.ts';
import { measureMemory } from './idle.ts';

const learners = 10;
const readyWithinMs = 600_000;

export interface ClassFigures {
  /** From the first click to the last lab ready, seconds; empty when one did not become ready. */
  startSeconds: number[];
  /** Of each lab that became ready, after its work, in MB (PSS). */
  memory: number[];
  /** What did not become ready, stand where it was brought, or pass a check, and why. */
  failures: string[];
}

/** Starts ten labs of `entry`, brings each to the end of `step`, checks every step up to it, and ends them. */
export async function measureClass(
  { console, engine }: { console: BenchConsole; engine: Engine },
  { entry, step }: { entry: string; step: number },
): Promise<ClassFigures> {
  const began = performance.now();
  const starts = await Promise.allSettled(
    Array.from({ length: learners }, () => startLab(console, entry, { withinMs: readyWithinMs })),
  );
  const seconds = (performance.now() - began) / 1000;
  const ids = starts.flatMap((start) => (start.status === 'fulfilled' ? [start.value.id] : []));
  const failures = starts.flatMap((start) => (start.status === 'rejected' ? [String(start.reason)] : []));
  const memory: number[] = [];
  for (const id of ids) {
    try {
      await change(console, id, 'bring', { step });
      memory.push(await measureMemory(await attachLab(engine, id)));
      failures.push(...(await failedChecks(console, id, step)));
    } catch (error) {
      failures.push(String(error));
    }
  }
  for (const id of ids) await endLab(console, id);
  return { startSeconds: ids.length === learners ? [seconds] : [], memory, failures };
}

async function failedChecks(console: BenchConsole, id: string, step: number): Promise<string[]> {
  const failures: string[] = [];
  for (let number = 1; number <= step; number++) {
    const { state } = await check(console, id, number);
    if (state.verdict === 'passed') continue;
    const first = state.checks.find(({ verdict }) => verdict !== 'passed');
    failures.push(`${id}, step ${number}: ${first?.name}: ${first?.observed}`);
  }
  return failures;
}
