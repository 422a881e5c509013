// What a pass owes when it failed before its last steps.
import { expect, it } from 'vitest';
import { announcesOneOf, createOwed } from '../../../../server/cloud/agents/l3/owed.ts';
import type { RouterStep } from '../../../../server/cloud/agents/l3/plan.ts';

const ns = 'qrouter-r';
const always = () => true;
const place = { device: 'qg-1', address: '10.64.201.72' };
const announce: RouterStep = { kind: 'announce', ...place, reason: 'new', ns };
const forget: RouterStep = { kind: 'forget-connections', address: '10.64.201.9', reason: 'gone', ns };
const fails = () => Promise.reject(new Error('another program holds the lock'));

it('owes nothing after a pass that ended well', async () => {
  const owed = createOwed();
  await owed.during('r', [announce, forget], () => Promise.resolve());
  expect(owed.join('r', [], always)).toEqual([]);
});

it('owes what a failed pass may not have come to, until one ends well, to its own key', async () => {
  const owed = createOwed();
  await expect(owed.during('r', [announce, forget], fails)).rejects.toThrow('lock');
  expect(owed.join('other', [], always)).toEqual([]);
  const steps = owed.join('r', [], always);
  expect(steps).toEqual([announce, forget]);
  await expect(owed.during('r', steps, fails)).rejects.toThrow('lock');
  await owed.during('r', owed.join('r', [], always), () => Promise.resolve());
  expect(owed.join('r', [], always)).toEqual([]);
});

it('owes nothing that has gone meanwhile, nor anything twice', async () => {
  const owed = createOwed();
  await expect(owed.during('r', [announce], fails)).rejects.toThrow('lock');
  expect(owed.join('r', [], (step) => announcesOneOf(step, []))).toEqual([]);
  expect(owed.join('r', [], (step) => announcesOneOf(step, [place]))).toEqual([announce]);
  const again: RouterStep = { ...announce, reason: 'found missing' };
  expect(owed.join('r', [again], always)).toEqual([again]);
});
