// Who waits for room, who is let in, and what they are told meanwhile.
import { expect, it } from 'vitest';
import { createLine, type Line } from '../../../../server/appliance/console/line.ts';
import type { QueuePlace } from '../../../../server/appliance/http/types.ts';

const GiB = 2 ** 30;
const needs = { memoryBytes: GiB, cores: 0.05 };

/** A machine with room for `labs` labs beside the reserve, each of which takes a GiB once it has started. */
function machine(labs: number, warm = 0) {
  const state = { free: labs, warm, quiet: 0 };
  const line: Line = createLine(
    {
      readLoad: async () => ({
        room: { freeBytes: (1 + state.free) * GiB, totalBytes: 24 * GiB, cores: 2 },
        running: [],
      }),
      limits: {},
      giveBack: async () => {
        if (state.warm === 0) return false;
        state.warm--;
        state.free++;
        return true;
      },
      log: { error: (message) => expect.fail(message) },
      lookAgainMs: 5,
    },
    () => void state.quiet++,
  );
  const enter = (isFirst = false) => {
    const abort = new AbortController();
    const told: (QueuePlace | undefined)[] = [];
    const state: { leave?: () => void } = {};
    const done = line
      .enter({ needs, isFirst, signal: abort.signal, onPlace: (place) => void told.push(place) })
      .then((leave) => (state.leave = leave));
    done.catch(() => undefined);
    return { abort, told, state, done };
  };
  return { state, line, enter };
}
const places = (told: (QueuePlace | undefined)[]) =>
  told.map((place) => place && `${place.position}/${place.length}`);

it('lets a lab in at once where there is room, without a word of waiting', async () => {
  const { enter, line } = machine(3);
  const one = enter();
  await one.done;
  expect(one.told).toEqual([]);
  expect(line.isQuiet()).toBe(false);
  one.state.leave!();
  expect(line.isQuiet()).toBe(true);
});

it('starts two at a time on two cores and lets the third in when one is through', async () => {
  const { enter } = machine(9);
  const labs = [enter(), enter(), enter()];
  await Promise.all([labs[0]!.done, labs[1]!.done]);
  await expect.poll(() => places(labs[2]!.told)).toEqual(['1/1']);
  expect(labs[2]!.told[0]!.reason).toContain('As many labs are starting as may at once');
  labs[0]!.state.leave!();
  await labs[2]!.done;
  expect(places(labs[2]!.told)).toEqual(['1/1', undefined]);
});

it('keeps the order, tells each its place, and lets in when room comes', async () => {
  const { enter, state } = machine(0);
  const [first, second] = [enter(), enter()];
  await expect.poll(() => places(second.told)).toEqual(['2/2']);
  expect(first.told[0]!.reason).toBe('It needs 1024 MB of memory, and 0 MB are free for labs.');
  expect(second.told[0]!.reason).toBe(
    'One lab waits before it. It needs 1024 MB of memory, and 0 MB are free for labs.',
  );
  state.free = 1;
  await first.done;
  await expect.poll(() => places(second.told)).toEqual(['2/2', '1/1']);
});

it('leaves the queue when it is ended, and the next one moves up', async () => {
  const { enter } = machine(0);
  const [first, second] = [enter(), enter()];
  await expect.poll(() => places(second.told)).toEqual(['2/2']);
  first.abort.abort(new Error('It was ended.'));
  await expect(first.done).rejects.toThrow('It was ended.');
  await expect.poll(() => places(second.told)).toEqual(['2/2', '1/1']);
});

it('puts a lab whose nodes are made anew before those that have had none', async () => {
  const { enter, state } = machine(0);
  const waits = enter();
  const anew = enter(true);
  await expect.poll(() => places(anew.told)).toEqual(['1/2']);
  state.free = 1;
  await anew.done;
  expect(waits.state.leave).toBeUndefined();
});

it('takes the room of a warm lab where there is no other', async () => {
  const { enter, state } = machine(0, 1);
  const lab = enter();
  await lab.done;
  expect(lab.told).toEqual([]);
  expect(state.warm).toBe(0);
});

it('refuses what would not fit an empty machine, and tells when all is quiet', async () => {
  const { line, state } = machine(0);
  const huge = { needs: { memoryBytes: 64 * GiB, cores: 1 }, isFirst: false };
  const { signal } = new AbortController();
  await expect(line.enter({ ...huge, signal, onPlace: () => undefined })).rejects.toThrow('too small');
  await expect.poll(() => state.quiet).toBeGreaterThan(0);
});
