import { expect, it } from 'vitest';
import type { CatalogEntry, StepState } from '../../../server/appliance/http/types.ts';
import { chosen } from '../../../web/src/catalog/choose.ts';
import { placeName } from '../../../web/src/lab/place-name.ts';
import { firstBefore, isAllPassed, isShutNow, jackOfStep } from '../../../web/src/lab/steps.ts';
import { spokenAt, timeLeft } from '../../../web/src/lab/time-left.ts';

const step = (number: number, part: Partial<StepState> = {}): StepState => ({
  ...{ number, title: `step ${number}`, isChecking: false, attempts: 0, checks: [], hints: [], hintsLeft: 0 },
  ...part,
});
const entry = (id: string, part: Partial<CatalogEntry>): CatalogEntry => ({
  ...{ id, title: id, level: 'beginner', minutes: 1, chapter: '', summary: '', outcomes: [] },
  ...{ stepCount: 1, nodeNames: [] },
  ...part,
});

it('keeps a step passed that failed later, and says so', () => {
  const passed = step(1, { passedAt: '2026-01-01T00:00:00Z', verdict: 'failed' });
  expect(jackOfStep(passed)).toEqual({ state: 'passed', label: 'passed, not at the last attempt' });
  expect(jackOfStep({ ...passed, isReplayed: true, verdict: 'passed' })).toEqual({
    ...{ state: 'replayed', label: 'replayed' },
  });
  expect(isAllPassed([passed])).toBe(true);
  expect(isAllPassed([])).toBe(false);
});

it('names the step that keeps another shut', () => {
  const steps = [step(1, { verdict: 'passed' }), step(2, { verdict: 'failed' }), step(3, { isShut: true })];
  expect(firstBefore(steps, 3)?.number).toBe(2);
  expect(steps.map(isShutNow)).toEqual([false, false, true]);
  expect(jackOfStep(steps[2]).state).toBe('shut');
});

it('tells the time left in words that fit', () => {
  expect([7200, 5999, 899, 301, 299, 9, 0].map((seconds) => timeLeft(seconds).text)).toEqual([
    ...[
      '2 h 0 min left',
      '99 min left',
      '14 min left',
      '5 min left',
      '4:59 left',
      '0:09 left',
      'time is over',
    ],
  ]);
  expect([900, 899].map((seconds) => timeLeft(seconds).isShort)).toEqual([false, true]);
});

it('speaks at 15, 5 and 1 minutes, once, also after the machine slept', () => {
  expect(spokenAt(901, 900)).toBe(15);
  expect(spokenAt(900, 899)).toBeUndefined();
  expect(spokenAt(1000, 50)).toBe(1);
  expect(spokenAt(300, 2000)).toBeUndefined();
});

it('chooses labs by level and words, chapter by chapter, else as they were served', () => {
  const entries = [
    entry('b', { chapter: 'Chapter 6, tunnels', level: 'advanced' }),
    entry('z', { chapter: 'Chapter 5, Open vSwitch', summary: 'two Tenants' }),
    entry('a', { chapter: 'Chapter 5, Linux bridge', outcomes: ['Tell tenants apart'] }),
    entry('none', {}),
  ];
  const ids = (...[level, text]: [CatalogEntry['level'] | undefined, string]) =>
    chosen(entries, level, text).map(({ id }) => id);
  expect(ids(undefined, '')).toEqual(['z', 'a', 'b', 'none']);
  expect(ids(undefined, ' TENANTS ')).toEqual(['z', 'a']);
  expect(ids('advanced', '')).toEqual(['b']);
  expect(ids('advanced', 'tenants')).toEqual([]);
});

it('names places as people do', () => {
  expect(['controller', 'vm:vm01', 'netns:network:qrouter-1'].map(placeName)).toEqual([
    ...['controller', 'vm01', 'qrouter-1 on network'],
  ]);
});
