// The picture of a lab: nodes, NICs and wires, with their state as it is now, and the same as text.
import { Background, Controls, ReactFlow, type Edge, type Node } from '@xyflow/react';
import ElkApi from 'elkjs/lib/elk-api.js';
import workerUrl from 'elkjs/lib/elk-worker.min.js?url';
import { useEffect, useMemo, useState } from 'react';
import type { LabState } from '../../../server/appliance/http/types.ts';
import { labGraph, shapeOf, type Graph } from './graph.ts';
import { placeThings, type Placed } from './place-things.ts';
import { NodeThing, WireThing, type ThingData } from './thing-views.tsx';
import { TopologyText } from './topology-text.tsx';
import '@xyflow/react/dist/style.css';

const elk = new ElkApi({ workerUrl });
const nodeTypes = { node: NodeThing, wire: WireThing };

export default function TopologyView({ lab, onOpen }: { lab: LabState; onOpen: (place: string) => void }) {
  const graph = useMemo(() => labGraph(lab), [lab]);
  const shape = shapeOf(graph);
  const [placed, setPlaced] = useState<Map<string, Placed>>();
  const [problem, setProblem] = useState<string>();
  useEffect(() => {
    let isCurrent = true;
    placeThings(elk, graph).then(
      (positions) => isCurrent && setPlaced(positions),
      (error: unknown) => setProblem(String(error)),
    );
    return () => {
      isCurrent = false;
    };
    // The shape stands for the graph: a node that becomes ready is not laid out anew.
  }, [shape]);

  return (
    <>
      <div className="topology-picture">
        {problem !== undefined && <p className="pad">The picture could not be laid out: {problem}</p>}
        {placed !== undefined && (
          <ReactFlow
            nodes={flowNodes(graph, placed, onOpen)}
            edges={flowEdges(graph)}
            nodeTypes={nodeTypes}
            fitView
            fitViewOptions={{ padding: 0.12, maxZoom: 1.4 }}
            minZoom={0.3}
            maxZoom={2}
            nodesDraggable={false}
            nodesConnectable={false}
            nodesFocusable={false}
            edgesFocusable={false}
            elementsSelectable={false}
            ariaLabelConfig={{ 'node.a11yDescription.default': '', 'edge.a11yDescription.default': '' }}
          >
            <Background gap={22} size={1.2} />
            <Controls showInteractive={false} />
          </ReactFlow>
        )}
      </div>
      <TopologyText lab={lab} />
    </>
  );
}

function flowNodes(graph: Graph, placed: Map<string, Placed>, onOpen: (place: string) => void): Node[] {
  return graph.things.flatMap((thing): Node[] => {
    const place = placed.get(thing.id);
    if (place === undefined) return [];
    const landings = thing.kind === 'wire' ? landingsOn(graph, place, placed) : {};
    const data: ThingData = { thing, onOpen, landings };
    const { x, y, width, height } = place;
    return [
      { id: thing.id, type: thing.kind, position: { x, y }, data, width, height, style: { width, height } },
    ];
  });
}

/** Cords hang straight down from their NIC. */
function landingsOn(graph: Graph, wire: Placed, placed: Map<string, Placed>): Record<string, number> {
  const landings: Record<string, number> = {};
  for (const thing of graph.things) {
    const at = placed.get(thing.id);
    if (thing.kind !== 'node' || at === undefined) continue;
    thing.node.nics.forEach((nic, index) => {
      const share = (index + 0.5) / thing.node.nics.length;
      landings[`${thing.node.name} ${nic.name}`] = at.x + at.width * share - wire.x;
    });
  }
  return landings;
}

function flowEdges(graph: Graph): Edge[] {
  return graph.cords.map((cord) => ({
    id: cord.id,
    source: cord.node,
    sourceHandle: cord.nic,
    target: cord.wire,
    targetHandle: cord.id,
    type: 'straight',
    className: `cord cord-${cord.wire.replace('wire ', '')}`,
  }));
}
