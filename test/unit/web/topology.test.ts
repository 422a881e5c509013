import elk from 'elkjs/lib/elk.bundled.js';
import { expect, it } from 'vitest';
import type { LabState, NodeState } from '../../../server/appliance/http/types.ts';
import { labGraph, shapeOf } from '../../../web/src/topology/graph.ts';
import { placeThings } from '../../../web/src/topology/place-things.ts';

const node = (name: string, wires: string[]): NodeState => ({
  ...{ name, role: name, phase: 'ready', progress: 1, doing: '' },
  nics: wires.map((wire, index) => ({ name: `eth${index}`, wire })),
});
const lab: LabState = {
  ...{ id: 'x', entry: 'demo', title: 'Demo', phase: 'ready', startedAt: '', steps: [], terminals: [] },
  gating: 'free',
  wires: [{ name: 'external' }, { name: 'data' }],
  nodes: [node('network', ['external', 'data']), node('compute1', ['data']), node('controller', [])],
  instances: [{ name: 'vm01', node: 'compute1', status: 'ACTIVE', addresses: [] }],
};

it('plugs every NIC into its wire and puts instances on their node', () => {
  const graph = labGraph(lab);
  expect(graph.cords.map(({ id, wire }) => [id, wire])).toEqual([
    ['network eth0', 'wire external'],
    ['network eth1', 'wire data'],
    ['compute1 eth0', 'wire data'],
  ]);
  expect(graph.things[1]).toMatchObject({ id: 'node compute1', instances: [{ name: 'vm01' }] });
});

it('is laid out anew for a new instance, not for a node that became ready', () => {
  const shape = shapeOf(labGraph(lab));
  const changed = { ...lab, nodes: lab.nodes.map((one) => ({ ...one, phase: 'stopped' as const })) };
  expect(shapeOf(labGraph(changed))).toBe(shape);
  expect(shapeOf(labGraph({ ...lab, instances: [] }))).not.toBe(shape);
});

it('places things without overlap, nodes above wires', async () => {
  const graph = labGraph(lab);
  const placed = [...(await placeThings(new elk.default(), graph)).entries()];
  expect(placed.map(([id]) => id).sort()).toEqual(graph.things.map(({ id }) => id).sort());
  for (const [one, a] of placed)
    for (const [other, b] of placed)
      if (one < other)
        expect(
          a.x + a.width <= b.x || b.x + b.width <= a.x || a.y + a.height <= b.y || b.y + b.height <= a.y,
        ).toBe(true);
});
