// The inside of every node with its layout; a node is laid out anew when its own shape has changed, and no other with it.
import ElkApi from 'elkjs/lib/elk-api.js';
import workerUrl from 'elkjs/lib/elk-worker.min.js?url';
import { useEffect, useMemo, useRef, useState } from 'react';
import type { LabState } from '../../../server/appliance/http/types.ts';
import { isLower } from './arrange.ts';
import { insideOf, type Inside } from './inside.ts';
import { inOrder, placeInside, shapeOf, type PlacedInside } from './place-inside.ts';

const elk = new ElkApi({ workerUrl });

export interface Insides {
  /** By node; of a collapsed one only its NICs. */
  insides: Map<string, Inside>;
  /** By node, those that are laid out. */
  placed: Map<string, PlacedInside>;
  problem: string | undefined;
}

export function useInsides(lab: LabState, collapsed: ReadonlySet<string>, isTwoRows: boolean): Insides {
  const insides = useMemo(() => {
    const plumbing = new Map(lab.plumbing?.map((one) => [one.node, one]));
    return new Map(
      lab.nodes.map((node) => [
        node.name,
        collapsed.has(node.name) ? insideOf(node, undefined) : insideOf(node, plumbing.get(node.name)),
      ]),
    );
  }, [lab.nodes, lab.plumbing, collapsed]);
  const [placed, setPlaced] = useState(new Map<string, PlacedInside>());
  const [problem, setProblem] = useState<string>();
  const shapes = useRef(new Map<string, string>());
  const orders = useRef(new Map<string, string[]>());

  useEffect(() => {
    for (const node of lab.nodes) {
      const inside = insides.get(node.name)!;
      const direction = isTwoRows && isLower(node) ? 'DOWN' : 'UP';
      const shape = `${direction} ${shapeOf(inside)}`;
      if (shapes.current.get(node.name) === shape) continue;
      shapes.current.set(node.name, shape);
      placeInside(elk, inside, direction, orders.current.get(node.name)).then(
        (one) => {
          // A later shape may have overtaken it.
          if (shapes.current.get(node.name) !== shape) return;
          // What a collapsed node hides keeps its place too.
          if (!collapsed.has(node.name)) orders.current.set(node.name, inOrder(one));
          setPlaced((all) => new Map(all).set(node.name, one));
        },
        (error: unknown) => setProblem(String(error)),
      );
    }
  }, [lab.nodes, insides, isTwoRows, collapsed]);
  return { insides, placed, problem };
}
