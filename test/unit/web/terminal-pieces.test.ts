// The pure pieces of the page's terminals and connections.
import { expect, it } from 'vitest';
import { backoffMs } from '../../../web/src/state/backoff.ts';
import { createOutputMeter } from '../../../web/src/terminal/output-meter.ts';

it('waits twice as long after each failure, up to five seconds', () => {
  const waits = [1, 2, 3, 4, 5, 6, 50].map((failures) => backoffMs(failures, () => 1));
  expect(waits).toEqual([250, 500, 1000, 2000, 4000, 5000, 5000]);
});

it('spreads browsers that come back together', () => {
  expect(backoffMs(6, () => 0)).toBe(3750);
});

it('continues where it stopped receiving, drawn or not', () => {
  const meter = createOutputMeter();
  meter.opened(0, 0);
  meter.arrived(0, 700);
  meter.drew(300);
  expect(meter.received()).toBe(700);
});

it('acknowledges now and then, not every key', () => {
  const meter = createOutputMeter();
  meter.opened(1000, 1000);
  expect(meter.drew(1001)).toBeUndefined();
  expect(meter.drew(1000 + 16 * 1024)).toBe(1000 + 16 * 1024);
  expect(meter.drew(1001 + 16 * 1024)).toBeUndefined();
});

it('knows what it draws for the second time', () => {
  const meter = createOutputMeter();
  meter.opened(0, 500);
  expect(meter.isReplaying()).toBe(true);
  meter.drew(500);
  expect(meter.isReplaying()).toBe(false);
});
