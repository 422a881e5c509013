// When a lab ends by itself. Pure.
import type { LabClock } from '../http/types.ts';

const minuteMs = 60_000;
/** A lab stands a few times as long as it should take. */
const timesLabMinutes = 3;
const leastMinutes = 120;
const extendMinutes = 60;
/** Sleep and absence leave at least this much. */
const leftAfterAbsenceMs = 15 * minuteMs;

const endsAfter = (now: Date, milliseconds: number) => new Date(now.getTime() + milliseconds).toISOString();

/**
 * The clock of a lab that is ready now.
 * @param wantedMinutes instead of the usual; 0 is no clock at all
 */
export function startedClock(now: Date, labMinutes: number, wantedMinutes?: number): LabClock | undefined {
  if (wantedMinutes === 0) return undefined;
  const minutes = wantedMinutes ?? Math.max(leastMinutes, timesLabMinutes * labMinutes);
  return { endsAt: endsAfter(now, minutes * minuteMs), extendMinutes };
}

/** More time, counted from now where it had run out. */
export function extendedClock(clock: LabClock, now: Date): LabClock {
  const from = Math.max(now.getTime(), Date.parse(clock.endsAt));
  return { ...clock, endsAt: endsAfter(new Date(from), clock.extendMinutes * minuteMs) };
}

/** After the machine slept or the appliance was away: a quarter of an hour is left, whatever passed meanwhile. */
export function clockAfterAbsence(clock: LabClock, now: Date): LabClock {
  const isShort = Date.parse(clock.endsAt) - now.getTime() < leftAfterAbsenceMs;
  return isShort ? { ...clock, endsAt: endsAfter(now, leftAfterAbsenceMs) } : clock;
}

export const isOver = (clock: LabClock, now: Date): boolean => Date.parse(clock.endsAt) <= now.getTime();
