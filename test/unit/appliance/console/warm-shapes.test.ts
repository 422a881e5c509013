// Which clouds are kept ready.
import { expect, it } from 'vitest';
import type { Lab } from '../../../../server/appliance/catalog/types.ts';
import { missingOf } from '../../../../server/appliance/console/warm-pool.ts';
import { usualShape } from '../../../../server/appliance/labs/cloud-shape.ts';
import { shapeKey, wantedLabs } from '../../../../server/appliance/console/warm-shapes.ts';

const lab = (id: string, cloud: Partial<Lab['cloud']> = {}) =>
  ({ id, cloud: { ...usualShape, ...cloud } }) as Lab;
const ovs1 = lab('ovs-1');
const ovs2 = lab('ovs-2');
const lb = lab('lb-1', { mechanism: 'linuxbridge' });
const catalog = [ovs1, ovs2, lb];
const ids = (labs: Lab[]) => labs.map(({ id }) => id);

it('takes clouds for alike whatever order their settings are written in', () => {
  expect(shapeKey(lab('a', { computeCount: 1, types: ['vlan'] }))).toBe(
    shapeKey(lab('b', { types: ['vlan'], computeCount: 1 })),
  );
  expect(shapeKey(ovs1)).not.toBe(shapeKey(lb));
});

it('begins with the first labs of the catalog, one for each shape', () => {
  expect(ids(wantedLabs(catalog, [], 1))).toEqual(['ovs-1']);
  expect(ids(wantedLabs(catalog, [], 3))).toEqual(['ovs-1', 'lb-1', 'ovs-1']);
  expect(wantedLabs([], [], 2)).toEqual([]);
});

it('shares the places out as labs were started lately, and names them for the latest', () => {
  expect(ids(wantedLabs(catalog, ['lb-1', 'ovs-2'], 2))).toEqual(['ovs-2', 'lb-1']);
  const class1 = ['lb-1', ...Array.from({ length: 9 }, () => 'ovs-1')];
  expect(ids(wantedLabs(catalog, class1, 3))).toEqual(['ovs-1', 'ovs-1', 'ovs-1']);
  expect(ids(wantedLabs(catalog, ['gone', 'lb-1'], 1))).toEqual(['lb-1']);
});

it('makes what is missing and gives up what is too much', () => {
  const ready = [
    { id: 'a', entry: 'ovs-1', key: shapeKey(ovs1) },
    { id: 'b', entry: 'ovs-1', key: shapeKey(ovs1) },
  ];
  const { labs, surplus } = missingOf([ovs2, lb], ready);
  expect(ids(labs)).toEqual(['lb-1']);
  expect(surplus.map(({ id }) => id)).toEqual(['b']);
});
