// Reads shared by those who ask at the same time.
import { expect, it } from 'vitest';
import { shareReads } from '../../../server/lib/share-reads.ts';

it('those who ask before a read begins share it, those who ask during it share the next', async () => {
  let reads = 0;
  const gates: (() => void)[] = [];
  const ask = shareReads(async () => {
    const number = ++reads;
    await new Promise<void>((resolve) => gates.push(resolve));
    return number;
  });
  const first = [ask(), ask()];
  await expect.poll(() => gates.length).toBe(1);
  const second = [ask(), ask(), ask()];
  gates[0]!();
  expect(await Promise.all(first)).toEqual([1, 1]);
  await expect.poll(() => gates.length).toBe(2);
  gates[1]!();
  expect(await Promise.all(second)).toEqual([2, 2, 2]);
});

it('a read that fails does not stop the next', async () => {
  const answers = [Promise.reject(new Error('no')), Promise.resolve('yes')];
  answers[0]!.catch(() => undefined);
  const ask = shareReads(() => answers.shift()!);
  await expect(ask()).rejects.toThrow('no');
  expect(await ask()).toBe('yes');
});
