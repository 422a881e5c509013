// Where nodes and wires go: wires are rails with the nodes' NICs towards them. All nodes stand above them in one row, or the
// compute nodes hang below them, whichever can be read better in the room there is. Pure.
import type { LabState, NodeState } from '../../../server/appliance/http/types.ts';
import type { PlacedInside, Rect } from './place-inside.ts';

export interface Arranged {
  nodes: Map<string, Rect>;
  wires: Map<string, Rect>;
  width: number;
  height: number;
}

export const headHeight = 38;
const gap = 26;
const dropHeight = 58;
const railHeight = 40;
const railGap = 18;
/** So much better must the other arrangement be before everything moves. */
const worthMoving = 1.3;

/** In two rows: whether it belongs below the wires. */
export const isLower = ({ name, role }: Pick<NodeState, 'name' | 'role'>) =>
  role === 'compute' || name.startsWith('compute');

/**
 * @param insides by node; a node without one is not drawn yet
 * @param isBelow whether a node is below the wires; without it as it was laid out
 */
export function arrange(
  lab: Pick<LabState, 'nodes' | 'wires'>,
  insides: Map<string, PlacedInside>,
  isBelow = ({ name }: NodeState) => insides.get(name)?.direction === 'DOWN',
): Arranged {
  const sized = lab.nodes.flatMap((node) => {
    const inside = insides.get(node.name);
    return inside === undefined
      ? []
      : [{ node, width: inside.width, height: inside.height + headHeight, isLow: isBelow(node) }];
  });
  const upper = sized.filter(({ isLow }) => !isLow);
  const lower = sized.filter(({ isLow }) => isLow);
  const tallest = (row: typeof sized) => Math.max(0, ...row.map(({ height }) => height));
  const upperHeight = tallest(upper);
  const railsTop = upperHeight + (upper.length > 0 ? dropHeight : 0);
  const railsHeight = Math.max(0, lab.wires.length * (railHeight + railGap) - railGap);
  const lowerTop = railsTop + railsHeight + dropHeight;

  const nodes = new Map<string, Rect>();
  let right = 200;
  for (const row of [upper, lower]) {
    let x = 0;
    for (const { node, width, height, isLow } of row) {
      nodes.set(node.name, { x, y: isLow ? lowerTop : upperHeight - height, width, height });
      x += width + gap;
    }
    right = Math.max(right, x - gap);
  }
  const wires = lab.wires.map(({ name }, index): [string, Rect] => [
    name,
    { x: 0, y: railsTop + index * (railHeight + railGap), width: right, height: railHeight },
  ]);
  const height = lower.length > 0 ? lowerTop + tallest(lower) : railsTop + railsHeight;
  return { nodes, wires: new Map(wires), width: right, height };
}

/** Whether compute nodes should hang below the wires, in a room of this size; `isNow` stays unless it pays to move. */
export function prefersTwoRows(
  lab: Pick<LabState, 'nodes' | 'wires'>,
  insides: Map<string, PlacedInside>,
  room: { width: number; height: number },
  isNow: boolean | undefined,
): boolean {
  const scale = ({ width, height }: Arranged) => Math.min(room.width / width, room.height / height, 1);
  const one = scale(arrange(lab, insides, () => false));
  const two = scale(arrange(lab, insides, isLower));
  if (isNow === undefined) return two > one;
  return isNow ? two * worthMoving >= one : two > one * worthMoving;
}
