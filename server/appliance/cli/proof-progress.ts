// How far proofs are: a bar for each lab on a terminal, a line for each thing that happens elsewhere.
import { MultiBar, Presets, type SingleBar } from 'cli-progress';
import type { Lab } from '../catalog/types.ts';
import { describeAssertion } from '../proof/format-report.ts';
import type { Assertion } from '../proof/report.ts';
import { say } from './progress.ts';

export interface ProofProgress {
  onLabs: (labs: Lab[]) => void;
  onAssertion: (lab: Lab, assertion: Assertion) => void;
  onProgress: (text: string) => void;
  end: () => void;
}

export function createProofProgress(counts: (lab: Lab) => number): ProofProgress {
  const nothing = () => undefined;
  if (!process.stderr.isTTY) return { onLabs: nothing, onAssertion: nothing, onProgress: say, end: nothing };
  const bars = new Map<string, SingleBar>();
  const all = new MultiBar(
    {
      format: '{lab} [{bar}] {value}/{total} {line}',
      ...{ hideCursor: true, clearOnComplete: false, linewrap: false, forceRedraw: true },
    },
    Presets.rect,
  );
  return {
    onLabs: (labs) => {
      for (const lab of labs) bars.set(lab.id, all.create(counts(lab), 0, { lab: lab.id, line: 'waits' }));
    },
    onAssertion: ({ id }, assertion) => {
      const bar = bars.get(id);
      bar?.increment({ line: `step ${assertion.step}, ${describeAssertion(assertion)}`.slice(0, 70) });
      if (assertion.outcome === 'proven') return;
      all.log(`${id}, ${assertion.outcome}: ${describeAssertion(assertion)}\n${assertion.detail}\n`);
    },
    // what is proven, and what is not, comes as an assertion
    onProgress: (text) => {
      if (bars.size === 0) return say(text);
      const [, id, rest] = /^([\w.-]+): (.*)/s.exec(text) ?? [];
      const line = (id !== undefined && bars.has(id) ? rest! : text).split('\n')[0]!.slice(0, 70);
      if (/^(starting|ready|step|Waiting|\w+: )/i.test(line))
        (bars.get(id ?? '') ?? [...bars.values()][0])?.update({ line });
    },
    end: () => all.stop(),
  };
}

/** Assertions that the proof of a lab makes when all goes well. */
export function countAssertions(
  lab: Lab,
  { isWhole, onlyStep }: { isWhole: boolean; onlyStep?: number },
): number {
  const last = lab.steps.length;
  const counts = lab.steps.slice(0, onlyStep).map(({ number, checks }) => {
    if (onlyStep !== undefined && number < onlyStep) return 1;
    if (!isWhole) return checks.length * 2 + 1;
    const mistakes = lab.mistakes.filter(({ step }) => step === number).length;
    const faults = lab.faults.filter(({ step }) => step === number).length;
    return checks.length * 3 + 2 + mistakes + 2 * faults + Math.max(0, last - number - 1);
  });
  return counts.reduce((sum, count) => sum + count, 1);
}
