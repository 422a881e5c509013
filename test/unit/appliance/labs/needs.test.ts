// How much a lab takes and whether there is room for one more.
import { expect, it } from 'vitest';
import {
  fitsAlone,
  mostStarting,
  needsOf,
  reasonToWait,
  type Load,
  type Needs,
  type Room,
} from '../../../../server/appliance/labs/needs.ts';
import { parseMeminfo, withGroup } from '../../../../server/appliance/labs/machine-room.ts';
import { defaultSpec } from '../../../../server/appliance/labs/spec.ts';

const GiB = 2 ** 30;
const MiB = 2 ** 20;
const room = (freeBytes: number, cores = 2): Room => ({ freeBytes, totalBytes: 24 * GiB, cores });
const none: Load = { running: [], starting: [] };
const lab: Needs = needsOf(defaultSpec('a').nodes);
const words = (...args: Parameters<typeof reasonToWait>) => {
  const wait = reasonToWait(...args);
  return wait && `${wait.about}: ${wait.text}`;
};

it('takes about 600 MB for the usual lab, more for more nodes and for routers on compute nodes', () => {
  expect(lab.memoryBytes).toBeGreaterThan(500 * MiB);
  expect(lab.memoryBytes).toBeLessThan(650 * MiB);
  expect(lab.cores).toBeLessThan(0.1);
  const wider = needsOf(defaultSpec('a', { computeCount: 3 }).nodes);
  expect(wider.memoryBytes).toBeGreaterThan(lab.memoryBytes);
  const distributed = needsOf(defaultSpec('a', { isDistributed: true }).nodes);
  expect(distributed.memoryBytes).toBeGreaterThan(lab.memoryBytes);
});

it('lets ten labs run at once on two cores and 24 GiB', () => {
  const running = Array.from({ length: 9 }, () => lab);
  expect(reasonToWait(lab, room(22 * GiB - 9 * lab.memoryBytes), { running, starting: [] })).toBeUndefined();
});

it('keeps a reserve, and counts what starting labs have yet to take', () => {
  const enough = 1 * GiB + lab.memoryBytes;
  expect(reasonToWait(lab, room(enough), none)).toBeUndefined();
  expect(words(lab, room(enough - MiB), none)).toMatch(
    /^memory: It needs 60\d MB of memory, and 60\d MB are free for labs\.$/,
  );
  expect(words(lab, room(enough), { running: [], starting: [lab] })).toMatch(/^memory: .* and 0 MB are free/);
});

it('starts as many at once as there are cores', () => {
  expect(mostStarting({ cores: 2 })).toBe(2);
  expect(mostStarting({ cores: 0.5 })).toBe(1);
  expect(words(lab, room(20 * GiB), { running: [], starting: [lab, lab] })).toBe(
    'starting: As many labs are starting as may at once on 2 cores: 2.',
  );
});

it('leaves part of the processor for those who work in the labs', () => {
  const running = Array.from({ length: 25 }, () => lab);
  expect(words(lab, room(20 * GiB), { running, starting: [] })).toMatch(
    /^processor: It needs \d+ % of a core/,
  );
});

it('keeps to the most labs it was told', () => {
  const limits = { mostLabs: 2 };
  expect(reasonToWait(lab, room(20 * GiB), { running: [lab], starting: [] }, limits)).toBeUndefined();
  expect(words(lab, room(20 * GiB), { running: [lab], starting: [lab] }, limits)).toBe(
    'labs: No more than 2 labs may run at once here.',
  );
});

it('tells a lab that never fits from one that has to wait', () => {
  const small = { freeBytes: GiB / 2, totalBytes: GiB, cores: 2 };
  expect(fitsAlone(lab, small)).toBe(true);
  expect(fitsAlone({ ...lab, memoryBytes: GiB }, small)).toBe(false);
});

it('reads the memory of the machine, and of a control group that allows less', () => {
  const text = 'MemTotal:       24684000 kB\nMemFree:        1 kB\nMemAvailable:   20000000 kB\n';
  const machine = parseMeminfo(text);
  expect(machine).toEqual({ totalBytes: 24_684_000 * 1024, freeBytes: 20_000_000 * 1024 });
  expect(() => parseMeminfo('MemTotal: 1 kB')).toThrow('MemAvailable');
  expect(withGroup(machine, { limitBytes: 9e18, usedBytes: GiB })).toEqual(machine);
  expect(withGroup(machine, { limitBytes: 4 * GiB, usedBytes: GiB })).toEqual({
    ...{ totalBytes: 4 * GiB, freeBytes: 3 * GiB },
  });
});
