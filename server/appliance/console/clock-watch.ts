// Watches the clocks of labs: ends those whose time is over, and gives time back that went by while the machine slept.
import { clockAfterAbsence, isOver } from '../journey/clock.ts';
import type { Journey } from '../journey/journey.ts';
import type { Journeys } from '../journey/journeys.ts';

const tickMs = 5_000;
/** A tick that comes this late was not late: the machine slept, or the process was stopped. */
const asleepMs = 60_000;

export interface ClockWatch {
  journeys: Journeys;
  /** Whether a lab's nodes stand and nothing is being done to them. */
  isRunning: (id: string) => boolean;
  onOver: (id: string) => void;
  log: { error(message: string): void };
  /** Milliseconds since 1970. */
  now?: () => number;
}

/** Begins as after an absence; returns how to stop. */
export function watchClocks({ journeys, isRunning, onOver, log, now = Date.now }: ClockWatch): () => void {
  let lastTick = -Infinity;
  const tick = async () => {
    const time = now();
    const wasAway = time - lastTick > asleepMs;
    lastTick = time;
    for (const { id, clock, endedAt } of journeys.all()) {
      if (clock === undefined || endedAt !== undefined) continue;
      if (wasAway) await journeys.change(id, (journey) => afterAbsence(journey, new Date(time)));
      else if (isOver(clock, new Date(time)) && isRunning(id)) onOver(id);
    }
  };
  const tickSafely = () =>
    void tick().catch((error: unknown) => log.error(`The clocks cannot be kept: ${String(error)}`));
  tickSafely();
  const timer = setInterval(tickSafely, tickMs);
  return () => clearInterval(timer);
}

function afterAbsence(journey: Journey, now: Date): Journey {
  const left = journey.clock && clockAfterAbsence(journey.clock, now);
  return left === journey.clock ? journey : { ...journey, clock: left };
}
