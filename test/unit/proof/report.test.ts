import { expect, it } from 'vitest';
import { formatReports } from '../../../server/appliance/proof/format-report.ts';
import { exitCodeOf, mutationScoreOf, outcomeOf } from '../../../server/appliance/proof/report.ts';
import type { Assertion, LabReport } from '../../../server/appliance/proof/report.ts';

const assertion = (changes: Partial<Assertion> = {}): Assertion => ({
  ...{ phase: 'after', step: 1, name: 'It answers', outcome: 'proven', detail: '', milliseconds: 1500 },
  ...changes,
});

function report(assertions: Assertion[], changes: Partial<LabReport> = {}): LabReport {
  return {
    ...{
      lab: 'sample',
      title: 'A lab',
      outcome: outcomeOf(assertions),
      steps: [{ number: 1, title: 'One' }],
    },
    ...{
      assertions,
      mutationScore: mutationScoreOf(assertions, changes.untried ?? []),
      untried: [],
      phases: { start: 1000, after: 2500 },
      startMilliseconds: 1000,
      milliseconds: 9000,
    },
    ...changes,
  };
}

const failed = assertion({ outcome: 'failed', detail: 'observed: a < b\nexpected: "b"' });

it('the exit code tells proven, failed, nothing and broken apart', () => {
  expect(exitCodeOf([report([assertion()])])).toBe(0);
  expect(exitCodeOf([report([assertion()]), report([failed])])).toBe(1);
  expect(exitCodeOf([])).toBe(2);
  expect(exitCodeOf([report([])])).toBe(2);
  expect(exitCodeOf([report([failed]), report([assertion({ outcome: 'broken' })])])).toBe(3);
});

it('the mutation score is the share of mistakes and faults that were noticed; a check without one counts against it', () => {
  const mistake = (outcome: Assertion['outcome']) => assertion({ phase: 'mistake', outcome });
  const fault = (outcome: Assertion['outcome']) => assertion({ phase: 'fault', outcome });
  expect(mutationScoreOf([assertion()], [])).toBeNull();
  expect(mutationScoreOf([mistake('proven'), fault('failed')], [])).toBe(0.5);
  expect(mutationScoreOf([mistake('proven')], [{ step: 1, check: 'It answers' }])).toBe(0.5);
});

it('a text report says what the score is made of, and where the time went', () => {
  const tried = [assertion(), assertion({ phase: 'mistake', name: 'Another name' })];
  const untried = [{ step: 2, check: 'It is up' }];
  const text = formatReports([report(tried, { untried })], 'text');
  expect(text).toContain('mutation score 0.50: 1 of 1 mistakes and faults noticed, 1 checks have none\n');
  expect(text).toContain('seconds: starts 1.0, passes after 2.5');
  expect(formatReports([report(tried)], 'text')).toContain(
    'mutation score 1.00: 1 of 1 mistakes and faults noticed, every check has one',
  );
});

it('a text report names what is not proven and why', () => {
  const text = formatReports([report([assertion(), failed])], 'text');
  expect(text).toContain('FAILED 1. One (2 assertions)');
  expect(text).toContain('failed: passes after: It answers\n        observed: a < b\n        expected: "b"');
  expect(text).toContain('failed: 1 of 2 assertions proven, 9.0 s, of them 1.0 s to start');
});

it('a JSON report carries the exit code and every assertion', () => {
  const { exitCode, labs } = JSON.parse(formatReports([report([assertion()])], 'json')) as {
    exitCode: number;
    labs: LabReport[];
  };
  expect(exitCode).toBe(0);
  expect(labs[0]!.assertions).toEqual([assertion()]);
});

it('a JUnit report escapes what a verdict quotes and counts failures apart from errors', () => {
  const xml = formatReports([report([failed, assertion({ outcome: 'broken', detail: 'gone' })])], 'junit');
  expect(xml).toContain('<testsuite name="sample" tests="2" failures="1" errors="1" time="9.0">');
  expect(xml).toContain('message="observed: a &lt; b"');
  expect(xml).toContain('<error message="gone">gone</error>');
});

it('a JUnit report has an error for a lab that did not start', () => {
  const note = "Node 'network' ended while its wires were being laid.";
  const xml = formatReports([report([], { outcome: 'broken', note })], 'junit');
  expect(xml).toContain('<testsuite name="sample" tests="1" failures="0" errors="1" time="9.0">');
  expect(xml).toContain(`<error message="${note}"/>`);
});
