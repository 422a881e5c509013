// What an agent remembers of the server's wishes, and when it asks again.
import { expect, it } from 'vitest';
import { cacheDesired } from '../../../server/cloud/agents/desired-cache.ts';
import { tellOnce } from '../../../server/cloud/agents/told-once.ts';

/** A server whose answers to `fetchMany` are held back until told. */
function source() {
  const wanted = new Map([['a', 1]]);
  const asked: string[] = [];
  let release = () => {};
  const held = new Promise<void>((resolve) => (release = resolve));
  const cache = cacheDesired<number>({
    fetchOne: (key) => {
      asked.push(key);
      return wanted.has('broken') ? Promise.reject(new Error('away')) : Promise.resolve(wanted.get(key));
    },
    fetchMany: async () => {
      const snapshot = new Map(wanted);
      await held;
      return snapshot;
    },
  });
  return { wanted, asked, cache, release };
}

it('asks once, and again after news', async () => {
  const { wanted, asked, cache } = source();
  expect([await cache.fetch('a'), await cache.fetch('a')]).toEqual([1, 1]);
  wanted.set('a', 2);
  cache.expire('a');
  expect(await cache.fetch('a')).toBe(2);
  expect(asked).toEqual(['a', 'a']);
});

it('does not believe in old news after a failed question', async () => {
  const { wanted, cache } = source();
  await cache.fetch('a');
  cache.expire('a');
  wanted.set('broken', 1);
  await expect(cache.fetch('a')).rejects.toThrow('away');
  wanted.delete('broken');
  wanted.delete('a');
  expect(await cache.fetch('a')).toBeUndefined();
});

it('an older answer that comes late is not kept', async () => {
  const { wanted, cache, release } = source();
  const full = cache.fetchMany(['a']);
  wanted.set('a', 2);
  cache.expire('a');
  expect(await cache.fetch('a')).toBe(2);
  release();
  await full;
  expect(await cache.fetch('a')).toBe(2);
});

it('a port is told once, again when it changed, and again when the server did not take it', async () => {
  const told: string[][] = [];
  let refuses = false;
  const ports = tellOnce((ids) => {
    told.push(ids);
    return refuses ? Promise.reject(new Error('away')) : Promise.resolve();
  });
  await ports.tell('n', ['p1', 'p2']);
  await ports.tell('n', ['p1', 'p2']);
  ports.forget('n', 'p1');
  refuses = true;
  await expect(ports.tell('n', ['p1', 'p2'])).rejects.toThrow('away');
  refuses = false;
  await ports.tell('n', ['p1', 'p2']);
  expect(told).toEqual([['p1', 'p2'], ['p1'], ['p1']]);
});
