import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createReplayBuffer } from '../../../../server/appliance/http/replay-buffer.ts';

it('gives back any part of what it keeps, and keeps at least its capacity', () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 9000 }), { maxLength: 20 }), fc.nat(), (parts, pick) => {
      const capacity = 10_000;
      const buffer = createReplayBuffer(capacity);
      for (const part of parts) buffer.append(Buffer.from(part));
      const all = Buffer.concat(parts);
      expect(buffer.end()).toBe(all.length);
      expect(buffer.end() - buffer.start()).toBeGreaterThanOrEqual(Math.min(capacity, all.length));
      expect(buffer.end() - buffer.start()).toBeLessThan(capacity + 9000);
      const offset = buffer.start() + (pick % (buffer.end() - buffer.start() + 1));
      expect(buffer.read(offset, 500)).toEqual(all.subarray(offset, offset + 500));
    }),
  );
});

it('starts a newcomer at the first whole line it keeps', () => {
  const buffer = createReplayBuffer(5000);
  buffer.append(Buffer.from(`lost${'x'.repeat(4096)}`));
  buffer.append(Buffer.from(`half\nwhole${'y'.repeat(6000)}`));
  expect(buffer.read(buffer.firstLine(), 5).toString()).toBe('whole');
});
