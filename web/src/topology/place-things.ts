// Where everything of the graph goes, computed by ELK in layers: nodes, then wires.
import type { ElkNode, ELK } from 'elkjs';
import type { Graph, Thing } from './graph.ts';

export interface Placed {
  x: number;
  y: number;
  width: number;
  height: number;
}

const nodeWidth = 150;
const nodeGap = 22;
const wireHeight = 44;
const railGap = 46;
const dropHeight = 80;

/** Sizes in pixels at text size 16; the picture is scaled as a whole. */
export function sizeOf(thing: Thing, nodeCount: number): { width: number; height: number } {
  if (thing.kind === 'wire') return { width: nodeCount * (nodeWidth + nodeGap) * 0.9, height: wireHeight };
  return { width: nodeWidth, height: 104 + thing.instances.length * 46 };
}

/** One position per thing, by id. */
export async function placeThings(elk: ELK, { things, cords }: Graph): Promise<Map<string, Placed>> {
  const nodes = things.filter(({ kind }) => kind === 'node');
  const graph: ElkNode = {
    id: 'lab',
    layoutOptions: {
      'elk.algorithm': 'layered',
      'elk.direction': 'DOWN',
      'elk.layered.spacing.nodeNodeBetweenLayers': String(dropHeight),
      'elk.spacing.nodeNode': String(nodeGap),
      'elk.layered.considerModelOrder.strategy': 'NODES_AND_EDGES',
    },
    children: nodes.map((thing) => ({ id: thing.id, ...sizeOf(thing, nodes.length) })),
    edges: [],
  };
  // Wires are rails under all nodes, one below the other; ELK orders the nodes by what they share.
  graph.children!.push({ id: 'rails', width: nodes.length * (nodeWidth + nodeGap), height: 10 });
  // One edge at least for each node: ELK would pack a node without any somewhere else.
  graph.edges = [
    ...cords.map((cord) => ({ id: cord.id, sources: [cord.node], targets: ['rails'] })),
    ...nodes.map(({ id }) => ({ id: `${id} stands`, sources: [id], targets: ['rails'] })),
  ];
  const laid = await elk.layout(graph);

  const placed = new Map<string, Placed>();
  for (const child of laid.children ?? [])
    placed.set(child.id, {
      x: child.x ?? 0,
      y: child.y ?? 0,
      width: child.width ?? 0,
      height: child.height ?? 0,
    });
  const rails = placed.get('rails')!;
  placed.delete('rails');
  // Nodes stand on one line, whatever their height.
  for (const position of placed.values()) position.y = rails.y - dropHeight - position.height;
  const left = Math.min(...[...placed.values()].map(({ x }) => x));
  const right = Math.max(...[...placed.values()].map(({ x, width }) => x + width));
  things
    .filter(({ kind }) => kind === 'wire')
    .forEach((thing, index) =>
      placed.set(thing.id, {
        x: left,
        y: rails.y + index * (wireHeight + railGap),
        width: right - left,
        height: wireHeight,
      }),
    );
  return placed;
}
