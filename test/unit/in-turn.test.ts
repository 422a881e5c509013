import { setTimeout as delay } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { inTurn } from '../support/in-turn.ts';

const name = `turn-${process.pid}`;

it('does one after the other, also after one that failed, and hands back what each answers', async () => {
  const seen: string[] = [];
  const work = (one: string) => async () => {
    seen.push(`${one} begins`);
    await delay(20);
    seen.push(`${one} ends`);
    if (one === 'a') throw new Error('a fails');
    return one;
  };
  const done = await Promise.allSettled(['a', 'b'].map((one) => inTurn(name, 5_000, work(one))));
  expect(done).toMatchObject([{ reason: { message: 'a fails' } }, { value: 'b' }]);
  expect(seen).toEqual(['a begins', 'a ends', 'b begins', 'b ends']);
});

it('waits no longer than told', async () => {
  const first = inTurn(name, 5_000, () => delay(600));
  await delay(50);
  await expect(inTurn(name, 100, () => delay(1))).rejects.toThrow('had no turn within 0.1 s');
  await first;
});
