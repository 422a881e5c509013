// Where the parts of a node go, computed by ELK in layers from the NICs to the instances. A part keeps its place in the order
// it once had, so that a new one does not throw the others about.
import type { ELK, ElkNode } from 'elkjs';
import type { Inside, Part } from './inside.ts';

export interface Rect {
  x: number;
  y: number;
  width: number;
  height: number;
}

export interface PlacedInside {
  /** Where the instances are, seen from the NICs. */
  direction: 'UP' | 'DOWN';
  width: number;
  height: number;
  parts: Map<string, Rect>;
  /** Corners of each joint's line. */
  joints: Map<string, { x: number; y: number }[]>;
}

const letter = 6.7;
const rowHeight = 32;
const margin = 12;
/** Widths grow in steps, so that neighbours seldom move. */
const widthStep = 40;

/** Sizes in pixels at text size 16; the picture is scaled as a whole. */
export function sizeOf(part: Part): { width: number; height: number } {
  if (part.kind === 'nic') return { width: 74, height: 26 };
  const titleWidth = part.title.length * (part.kind === 'bridge' ? 8 : 7.5);
  const words = [part.note, ...part.rows.flatMap(({ name, addresses }) => [name, addresses[0] ?? ''])];
  const wordsWidth = Math.max(...words.map(({ length }) => length)) * letter + 12;
  const width = Math.max(84, Math.ceil(Math.max(titleWidth, wordsWidth)) + 20);
  return { width: Math.min(width, 220), height: 40 + part.rows.length * rowHeight };
}

/**
 * @param direction where the instances are, seen from the NICs
 * @param known ids of parts in the order of the last layout; without it the order is the one with the fewest crossings
 */
export async function placeInside(
  elk: ELK,
  { parts, joints }: Inside,
  direction: 'UP' | 'DOWN',
  known: readonly string[] = [],
): Promise<PlacedInside> {
  const position = (id: string) => (known.includes(id) ? known.indexOf(id) : known.length);
  const ordered = parts.toSorted((a, b) => position(a.id) - position(b.id));
  const graph: ElkNode = {
    id: 'node',
    layoutOptions: {
      'elk.algorithm': 'layered',
      'elk.direction': direction,
      'elk.edgeRouting': 'ORTHOGONAL',
      'elk.separateConnectedComponents': 'false',
      'elk.spacing.nodeNode': '14',
      'elk.spacing.edgeEdge': '9',
      'elk.spacing.edgeNode': '9',
      'elk.layered.spacing.nodeNodeBetweenLayers': '34',
      'elk.layered.spacing.edgeNodeBetweenLayers': '12',
      'elk.layered.spacing.edgeEdgeBetweenLayers': '18',
      'elk.layered.considerModelOrder.strategy': 'NODES_AND_EDGES',
      'elk.layered.crossingMinimization.forceNodeModelOrder': String(known.length > 0),
      'elk.layered.nodePlacement.strategy': 'BRANDES_KOEPF',
      'elk.padding': `[top=${margin},left=${margin},bottom=${margin},right=${margin}]`,
    },
    children: ordered.map((part) => ({
      id: part.id,
      ...sizeOf(part),
      ...(part.kind === 'nic' || part.kind === 'tunnels'
        ? {
            layoutOptions: {
              'elk.layered.layering.layerConstraint': 'FIRST',
              'elk.alignment': direction === 'UP' ? 'BOTTOM' : 'TOP',
            },
          }
        : {}),
    })),
    edges: joints.map(({ id, from, to }) => ({ id, sources: [from], targets: [to] })),
  };
  const laid = await elk.layout(graph);
  const at = ({ x = 0, y = 0, width = 0, height = 0 }: ElkNode): Rect => ({ x, y, width, height });
  return {
    direction,
    width: Math.ceil(Math.max(laid.width ?? 0, 150) / widthStep) * widthStep,
    height: laid.height ?? 0,
    parts: new Map((laid.children ?? []).map((child) => [child.id, at(child)])),
    joints: new Map(
      (laid.edges ?? []).map(({ id, sections }) => {
        const [section] = sections ?? [];
        const points = section ? [section.startPoint, ...(section.bendPoints ?? []), section.endPoint] : [];
        return [id, points];
      }),
    ),
  };
}

/** Ids of parts from left to right, to be kept to in the next layout. */
export const inOrder = ({ parts }: PlacedInside): string[] =>
  [...parts].sort(([, a], [, b]) => a.x + a.width / 2 - b.x - b.width / 2).map(([id]) => id);

/** What makes a new layout necessary; a state or an address alone moves nothing. */
export function shapeOf({ parts, joints }: Inside): string {
  return JSON.stringify([
    parts.map((part) => [part.id, sizeOf(part)]),
    joints.map(({ id, from, to }) => [id, from, to]),
  ]);
}
