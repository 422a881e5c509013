// Clocks of labs over time, with a machine that sleeps.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { watchClocks } from '../../../../server/appliance/console/clock-watch.ts';
import { newJourney } from '../../../../server/appliance/journey/journey.ts';
import { openJourneys, type Journeys } from '../../../../server/appliance/journey/journeys.ts';

let folder: string;
let journeys: Journeys;
let over: string[];
let time: number;
let isRunning: boolean;
let stop: () => void;
const minute = 60_000;
const log = { error: (message: string) => expect.unreachable(message) };

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'clock-watch-'));
  journeys = await openJourneys({ stateFolder: folder, log });
  over = [];
  time = Date.UTC(2026, 0, 1);
  isRunning = true;
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
});
afterEach(() => {
  stop();
  vi.useRealTimers();
  rmSync(folder, { recursive: true });
});

async function labEndingIn(minutes: number): Promise<void> {
  const names = { id: 'demo', entry: 'demo', learner: 'local', title: 'Demo' };
  const clock = { endsAt: new Date(time + minutes * minute).toISOString(), extendMinutes: 60 };
  await journeys.begin({ ...newJourney({ ...names, steps: [], startedAt: new Date(time) }), clock });
}
/** Whatever a tick writes has been written. */
const settled = async () => {
  await journeys.change('demo', (journey) => journey);
  await new Promise(setImmediate);
};
function watch(): Promise<void> {
  const onOver = (id: string) => void over.push(id);
  stop = watchClocks({ journeys, isRunning: () => isRunning, onOver, log, now: () => time });
  return settled();
}
async function pass(minutes: number): Promise<void> {
  for (let left = minutes * 12; left > 0; left--) {
    time += minute / 12;
    vi.advanceTimersByTime(minute / 12);
  }
  await settled();
}
async function sleep(minutes: number): Promise<void> {
  time += minutes * minute;
  vi.advanceTimersByTime(minute / 12);
  await settled();
}
const minutesLeft = () => (Date.parse(journeys.find('demo')!.clock!.endsAt) - time) / minute;

it('ends a lab when its time is over, and not before', async () => {
  await labEndingIn(20);
  await watch();
  await pass(19);
  expect(over).toEqual([]);
  await pass(2);
  expect(over[0]).toBe('demo');
});

it('leaves a quarter of an hour to whoever wakes the machine', async () => {
  await labEndingIn(20);
  await watch();
  await sleep(600);
  expect([over, minutesLeft()]).toEqual([[], 15]);
  await pass(16);
  expect(over[0]).toBe('demo');
});

it('leaves a quarter of an hour after an appliance that was away', async () => {
  await labEndingIn(-300);
  await watch();
  expect([over, minutesLeft()]).toEqual([[], 15]);
});

it('waits with a lab that something is being done to', async () => {
  await labEndingIn(16);
  isRunning = false;
  await watch();
  await pass(30);
  expect(over).toEqual([]);
  isRunning = true;
  await pass(0.1);
  expect(over[0]).toBe('demo');
});

it('leaves one that has ended alone', async () => {
  await labEndingIn(16);
  await journeys.change('demo', (journey) => ({ ...journey, endedAt: new Date(time).toISOString() }));
  await watch();
  await pass(30);
  expect(over).toEqual([]);
});
