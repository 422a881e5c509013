import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { createOutcomes } from '../../acceptance/tempest/outcomes.ts';
import { createSubunitReader, type SubunitEvent } from '../../acceptance/tempest/read-subunit.ts';

/** What the runner of Tempest wrote for four tests of two classes, the second of which cannot begin. */
const recorded = Buffer.from(
  readFileSync(join(import.meta.dirname, '../fixtures/subunit-run.base64'), 'utf8'),
  'base64',
);
const ids = [
  ...['things.Things.test_a_passes', 'things.Things.test_b_fails', 'things.Things.test_c_is_skipped'],
  'things.Broken.test_d',
];

it.each([1, 7, recorded.length])('reads a recorded run that comes in pieces of %i bytes', async (size) => {
  const outcomes = createOutcomes(ids);
  const read = createSubunitReader((event) => outcomes.hear(event));
  for (let at = 0; at < recorded.length; at += size) read(recorded.subarray(at, at + size));
  outcomes.end('it ended');
  expect(await Promise.all(ids.map((id) => outcomes.of(id)))).toEqual([
    { kind: 'passed' },
    { kind: 'failed', text: 'AssertionError: 1 != 2' },
    { kind: 'skipped', reason: 'no such thing' },
    { kind: 'failed', text: 'ValueError: cannot begin' },
  ]);
});

it('passes over what others write between packets', () => {
  const seen: SubunitEvent[] = [];
  const plain: SubunitEvent[] = [];
  createSubunitReader((event) => plain.push(event))(recorded);
  // the second byte of this letter is that of the signature
  const noise = Buffer.from('some words and \u00f3  ! more of them, up to the end of the line\n');
  createSubunitReader((event) => seen.push(event))(Buffer.concat([noise, recorded, noise]));
  expect(seen).toEqual(plain);
});
