// The rules of reconciling: one pass per key at a time, events collapse, failures back off alone.
import { expect, it } from 'vitest';
import { createReconciler, type ReconcilerOptions, type Step } from '../../../server/lib/reconcile.ts';

const quiet = { debug: () => undefined, info: () => undefined, error: () => undefined };

/** Keys whose wanted and actual value are numbers. */
function setup(given: Partial<ReconcilerOptions<number, number, Step>> = {}) {
  const wanted = new Map<string, number>();
  const actual = new Map<string, number>();
  const passes: string[] = [];
  const reconciler = createReconciler<number, number, Step>({
    name: 'number',
    fetch: async (key) => (passes.push(key), wanted.get(key)),
    read: async (key) => actual.get(key) ?? 0,
    plan: (_key, desired = 0, found) =>
      desired === found ? [] : [{ kind: 'set', reason: `${found} is not ${desired}` }],
    apply: async (key) => void actual.set(key, wanted.get(key) ?? 0),
    listWanted: async () => [...wanted.keys()],
    listFound: async () => [...actual.keys()],
    log: quiet,
    ...given,
  });
  return { wanted, actual, passes, reconciler };
}

it('a full pass covers what is wanted and what is found, and a second one is empty', async () => {
  const { wanted, actual, reconciler } = setup();
  wanted.set('a', 1);
  actual.set('orphan', 5);
  expect([...(await reconciler.verify()).keys()].sort()).toEqual(['a', 'orphan']);
  await reconciler.resync();
  await reconciler.settle();
  expect([...actual]).toEqual([
    ['orphan', 0],
    ['a', 1],
  ]);
  expect((await reconciler.verify()).size).toBe(0);
});

it('ten events during a pass are one more pass', async () => {
  const gate = Promise.withResolvers<void>();
  const { passes, reconciler } = setup({ read: () => gate.promise.then(() => 0) });
  for (let event = 0; event < 10; event++) reconciler.add('a');
  for (let event = 0; event < 10; event++) reconciler.add('a');
  gate.resolve();
  await reconciler.settle();
  expect(passes).toEqual(['a', 'a']);
});

it('a key that fails is tried again, and the others are not held up', async () => {
  let failures = 1;
  const results: string[] = [];
  const { wanted, actual, reconciler } = setup({
    onResult: (key, { error }) => void results.push(`${key} ${error === undefined ? 'done' : error.message}`),
    read: async (key) => {
      if (key === 'bad' && failures-- > 0) throw new Error('broken');
      return actual.get(key) ?? 0;
    },
  });
  wanted.set('bad', 1).set('good', 2);
  await reconciler.resync();
  await reconciler.settle();
  expect(results.sort()).toEqual(['bad broken', 'bad done', 'good done']);
  expect(actual.get('bad')).toBe(1);
});

it('a full pass asks for all keys in one call', async () => {
  const calls: string[][] = [];
  const { wanted, actual, passes, reconciler } = setup({
    fetchMany: async (keys) => (calls.push(keys), new Map(keys.map((key) => [key, 7]))),
    apply: async (key) => void actual.set(key, 7),
  });
  wanted.set('a', 7).set('b', 7);
  await reconciler.resync();
  await reconciler.settle();
  expect([calls, passes]).toEqual([[['a', 'b']], []]);
});

it('after stop nothing happens any more', async () => {
  const { passes, reconciler } = setup();
  await reconciler.start();
  await reconciler.stop();
  reconciler.add('a');
  expect(passes).toEqual([]);
});
