// What became of each test of a list, told as it becomes known.
import type { SubunitEvent } from './read-subunit.ts';

export type Outcome =
  | { kind: 'passed' }
  | { kind: 'failed'; text: string }
  | { kind: 'skipped'; reason: string }
  | { kind: 'not run'; text: string };

const kinds = {
  success: 'passed',
  xfail: 'passed',
  fail: 'failed',
  uxsuccess: 'failed',
  skip: 'skipped',
} as const;

/** `setUpClass (module.Class)`: what happens to all tests of a class at once. */
const ofClass = /^(setUpClass|tearDownClass) \((.+)\)$/;
const classOf = (id: string) => id.replace(/\[.*$/, '').replace(/\.[^.]+$/, '');

export interface Outcomes {
  /** Resolves when the outcome of the test is known; every one is, at the latest at the end. */
  of(id: string): Promise<Outcome>;
  /** Classes that could not put away what they had made, with the last words of each. */
  undone: string[];
  hear(event: SubunitEvent): void;
  /** Nothing more comes: what is not known now was not run, and `why`. */
  end(why: string): void;
}

/** The last line that says what went wrong, of a traceback. */
export function lastErrorLine(text: string): string {
  const lines = text.split('\n').map((line) => line.trim());
  const telling = /^([\w.]*(Exception|Error|Failed|Found|Request|Conflict|Timeout|Mismatch\w*)|Details)\b/;
  return (lines.findLast((line) => telling.test(line)) ?? lines.findLast(Boolean) ?? '').slice(0, 300);
}

export function createOutcomes(ids: readonly string[]): Outcomes {
  const waiting = new Map(ids.map((id) => [id, Promise.withResolvers<Outcome>()]));
  const texts = new Map<string, string>();
  const undone: string[] = [];

  const outcomeOf = (kind: 'passed' | 'failed' | 'skipped', text: string): Outcome => {
    if (kind === 'passed') return { kind };
    return kind === 'skipped' ? { kind, reason: text.trim() } : { kind, text: lastErrorLine(text) };
  };
  return {
    undone,
    of: (id) => waiting.get(id)!.promise,
    hear({ testId, status, attachment }) {
      if (testId === undefined) return;
      if (attachment !== undefined && /^(traceback|reason)/.test(attachment.name))
        texts.set(testId, (texts.get(testId) ?? '') + attachment.bytes.toString('utf8'));
      if (status === undefined || status === 'exists' || status === 'inprogress') return;
      const outcome = outcomeOf(kinds[status], texts.get(testId) ?? '');
      const [, step, name] = ofClass.exec(testId) ?? [];
      if (step === undefined) waiting.get(testId)?.resolve(outcome);
      else if (outcome.kind === 'passed') return;
      else if (step === 'setUpClass') {
        for (const [id, one] of waiting) if (classOf(id) === name) one.resolve(outcome);
      } else undone.push(`${name}: ${outcome.kind === 'failed' ? outcome.text : outcome.kind}`);
    },
    end(why) {
      for (const one of waiting.values()) one.resolve({ kind: 'not run', text: why });
    },
  };
}
