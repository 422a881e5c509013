import { expect, it } from 'vitest';
import { createOutcomes, lastErrorLine } from '../../acceptance/tempest/outcomes.ts';
import type { SubunitEvent, SubunitStatus } from '../../acceptance/tempest/read-subunit.ts';

const event = (testId: string, status: SubunitStatus | undefined, name = '', text = ''): SubunitEvent => ({
  testId,
  status,
  attachment: name === '' ? undefined : { name, bytes: Buffer.from(text) },
});
const ids = ['m.One.test_a[id-1]', 'm.One.test_b[id-2]', 'm.Two.test_c[id-3]'];

it('tells what passed, and what failed with the line that says why', async () => {
  const outcomes = createOutcomes(ids);
  outcomes.hear(event(ids[0]!, 'inprogress'));
  outcomes.hear(event(ids[0]!, 'success'));
  outcomes.hear(
    event(ids[1]!, undefined, 'traceback', 'Traceback\n  File "x"\nlib.exceptions.NotFound: Object not'),
  );
  outcomes.hear(event(ids[1]!, undefined, 'traceback', ' found\nDetails: none\n'));
  outcomes.hear(event(ids[1]!, 'fail'));
  expect(await outcomes.of(ids[0]!)).toEqual({ kind: 'passed' });
  expect(await outcomes.of(ids[1]!)).toEqual({ kind: 'failed', text: 'Details: none' });
});

it('what happens to a class happens to all of its tests, and what never came was not run', async () => {
  const outcomes = createOutcomes(ids);
  outcomes.hear(event('setUpClass (m.One)', 'skip', 'reason', 'no such service'));
  outcomes.hear(event('tearDownClass (m.Two)', 'fail', 'traceback', 'ValueError: left over'));
  outcomes.end('it ended');
  const skipped = { kind: 'skipped', reason: 'no such service' };
  expect(await Promise.all(ids.map((id) => outcomes.of(id)))).toEqual([
    skipped,
    skipped,
    { kind: 'not run', text: 'it ended' },
  ]);
  expect(outcomes.undone).toEqual(['m.Two: ValueError: left over']);
});

it('takes the last line that names an error, else the last line', () => {
  expect(lastErrorLine('a\n  AssertionError: 1 != 2\n\nsome more\n')).toBe('AssertionError: 1 != 2');
  expect(lastErrorLine('just\nwords\n')).toBe('words');
  expect(lastErrorLine('')).toBe('');
});
