// When a lab ends by itself.
import { expect, it } from 'vitest';
import {
  clockAfterAbsence,
  extendedClock,
  isOver,
  startedClock,
} from '../../../../server/appliance/journey/clock.ts';

const now = new Date('2026-01-01T10:00:00.000Z');
const after = (minutes: number) => new Date(now.getTime() + minutes * 60_000);
const clock = (minutes: number) => ({ endsAt: after(minutes).toISOString(), extendMinutes: 60 });

it('gives a lab a few times what it should take, and two hours at least', () => {
  expect(startedClock(now, 40)).toEqual(clock(120));
  expect(startedClock(now, 90)).toEqual(clock(270));
});

it('gives what the command line says instead, and no clock for 0', () => {
  expect(startedClock(now, 40, 5)).toEqual(clock(5));
  expect(startedClock(now, 40, 0)).toBeUndefined();
});

it('is extended from its end, or from now when that has passed', () => {
  expect(extendedClock(clock(10), now)).toEqual(clock(70));
  expect(extendedClock(clock(-30), now)).toEqual(clock(60));
});

it('leaves a quarter of an hour after an absence, and never takes any', () => {
  expect(clockAfterAbsence(clock(-600), now)).toEqual(clock(15));
  expect(clockAfterAbsence(clock(14), now)).toEqual(clock(15));
  expect(clockAfterAbsence(clock(16), now)).toEqual(clock(16));
});

it('is over at its end', () => {
  expect([isOver(clock(0.001), now), isOver(clock(0), now), isOver(clock(-1), now)]).toEqual([
    false,
    true,
    true,
  ]);
});
