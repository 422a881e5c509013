// A proof's reports as text for people, JSON for programs, JUnit for build servers.
import { exitCodeOf, trialsOf } from './report.ts';
import type { Assertion, LabReport, Phase } from './report.ts';

export type ReportFormat = 'text' | 'json' | 'junit';

export function formatReports(reports: LabReport[], format: ReportFormat): string {
  if (format === 'json')
    return `${JSON.stringify({ exitCode: exitCodeOf(reports), labs: reports }, null, 2)}\n`;
  return format === 'junit' ? junit(reports) : reports.map(text).join('\n');
}

const phaseWords: Record<Phase, string> = {
  start: 'starts',
  before: 'fails before',
  mistake: 'mistake',
  solution: 'solution',
  after: 'passes after',
  again: 'same verdict again',
  unchanged: 'looking changes nothing',
  fault: 'fault',
  fixed: 'passes after the fix',
  later: 'later steps still fail',
  tried: 'is tripped by something',
  destroy: 'is taken down',
};

/** `fails before: vm01 is ACTIVE`. */
export function describeAssertion({ phase, name }: Assertion): string {
  return name === '' ? phaseWords[phase] : `${phaseWords[phase]}: ${name}`;
}

function text(report: LabReport): string {
  const lines = [`${report.lab}: ${report.title}`];
  for (const { number, title } of [{ number: 0, title: '' }, ...report.steps]) {
    const own = report.assertions.filter(({ step }) => step === number);
    const bad = own.filter(({ outcome }) => outcome !== 'proven');
    if (number > 0)
      lines.push(
        `  ${bad.length === 0 ? verdictOf(own) : 'FAILED'} ${number}. ${title} (${own.length} assertions)`,
      );
    for (const one of bad)
      lines.push(
        `      ${one.outcome}: ${describeAssertion(one)}`,
        `        ${one.detail.replaceAll('\n', '\n        ')}`,
      );
  }
  const proven = report.assertions.filter(({ outcome }) => outcome === 'proven').length;
  const time = `${seconds(report.milliseconds)} s, of them ${seconds(report.startMilliseconds)} s to start`;
  lines.push(`  ${report.outcome}: ${proven} of ${report.assertions.length} assertions proven, ${time}`);
  lines.push(...scoreLines(report));
  const spent = Object.entries(report.phases).map(
    ([phase, ms]) => `${phaseWords[phase as Phase]} ${seconds(ms)}`,
  );
  if (spent.length > 0) lines.push(`  seconds: ${spent.join(', ')}`);
  if (report.note !== undefined) lines.push(`  ${report.note.replaceAll('\n', '\n  ')}`);
  return `${lines.join('\n')}\n`;
}

function scoreLines({ mutationScore, assertions, untried }: LabReport): string[] {
  if (mutationScore === null) return [];
  const trials = trialsOf(assertions);
  const noticed = trials.filter(({ outcome }) => outcome === 'proven').length;
  // rounded down: 1.00 is said of nothing less
  const score = (Math.floor(mutationScore * 100) / 100).toFixed(2);
  const words = `${noticed} of ${trials.length} mistakes and faults noticed`;
  const left = untried.length === 0 ? 'every check has one' : `${untried.length} checks have none`;
  return [`  mutation score ${score}: ${words}, ${left}`];
}

function verdictOf(assertions: Assertion[]): string {
  return assertions.length === 0 ? 'not run' : 'proven';
}

function junit(reports: LabReport[]): string {
  const suites = reports.map((report) => {
    const cases = report.assertions.map((one) => {
      const step = report.steps.find(({ number }) => number === one.step);
      const group =
        step === undefined
          ? report.lab
          : `${report.lab}.${String(step.number).padStart(2, '0')} ${step.title}`;
      const open = `<testcase classname=${quoted(group)} name=${quoted(describeAssertion(one))} time="${seconds(one.milliseconds)}"`;
      if (one.outcome === 'proven') return `    ${open}/>`;
      const tag = one.outcome === 'failed' ? 'failure' : 'error';
      return `    ${open}><${tag} message=${quoted(one.detail.split('\n')[0]!)}>${escaped(one.detail)}</${tag}></testcase>`;
    });
    // A lab that did not start has no assertion that says so.
    const isUntold =
      report.outcome === 'nothing' ||
      (report.outcome === 'broken' && report.assertions.every(({ outcome }) => outcome !== 'broken'));
    if (isUntold)
      cases.push(
        `    <testcase classname=${quoted(report.lab)} name="runs"><error message=${quoted(report.note ?? 'nothing ran')}/></testcase>`,
      );
    const count = (outcome: string) => report.assertions.filter((one) => one.outcome === outcome).length;
    const errors = count('broken') + (isUntold ? 1 : 0);
    const head = `name=${quoted(report.lab)} tests="${cases.length}" failures="${count('failed')}" errors="${errors}"`;
    return `  <testsuite ${head} time="${seconds(report.milliseconds)}">\n${cases.join('\n')}\n  </testsuite>`;
  });
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites>\n${suites.join('\n')}\n</testsuites>\n`;
}

function seconds(milliseconds: number): string {
  return (milliseconds / 1000).toFixed(1);
}

function quoted(value: string): string {
  return `"${escaped(value).replaceAll('"', '&quot;').replaceAll('\n', '&#10;')}"`;
}

function escaped(value: string): string {
  // eslint-disable-next-line no-control-regex
  const printable = value.replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f]/g, '');
  return printable.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
