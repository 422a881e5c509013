// Sums of counters, by label and span of time.
import { expect, it } from 'vitest';
import { createMeter } from '../../../../server/cloud/agents/metering/meter.ts';

const owner = { label_id: 'l', tenant_id: 't' };
const labels = new Map([['chain', owner]]);
const counters = (packets: number, bytes = packets * 100) => new Map([['chain', { packets, bytes }]]);

it('adds what passed at every place since the last report', () => {
  let now = 1000;
  const meter = createMeter('network', () => now);
  for (const place of ['a', 'b']) meter.made(place, ['chain']);
  meter.read('a', counters(3), labels);
  meter.read('b', counters(2), labels);
  meter.measured();
  now = 1030;
  meter.read('a', counters(4), labels);
  meter.read('b', counters(2), labels);
  meter.measured();
  const span = { host: 'network', first_update: 1000, last_update: 1030 };
  expect(meter.report(300)).toEqual([{ ...owner, ...span, pkts: 6, bytes: 600, time: 30 }]);
  now = 1060;
  meter.read('a', counters(5), labels);
  meter.measured();
  expect(meter.report(300)).toEqual([
    { ...owner, ...span, last_update: 1060, pkts: 1, bytes: 100, time: 30 },
  ]);
});

it('starts from what it finds, and from nothing when a counter was set back', () => {
  const meter = createMeter('network', () => 1000);
  meter.read('a', counters(50), labels);
  meter.read('a', counters(52), labels);
  meter.read('a', counters(1), labels);
  meter.measured();
  expect(meter.report(300)).toMatchObject([{ pkts: 3, bytes: 300 }]);
});

it('forgets a label that is measured no more, after telling it a last time', () => {
  let now = 1000;
  const meter = createMeter('network', () => now);
  meter.made('a', ['chain']);
  meter.read('a', counters(1), labels);
  meter.measured();
  now = 1400;
  expect(meter.report(300)).toMatchObject([{ pkts: 1 }]);
  expect(meter.report(300)).toEqual([]);
});
