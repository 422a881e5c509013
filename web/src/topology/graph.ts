// A lab as a graph to lay out: nodes above, the wires they are plugged into below, instances on their compute node. Pure.
import type { InstanceState, LabState, NodeState, Wire } from '../../../server/appliance/http/types.ts';

export type Thing =
  | { kind: 'node'; id: string; node: NodeState; instances: InstanceState[] }
  | { kind: 'wire'; id: string; wire: Wire; plugs: string[] };

/** A cord from a node's NIC to a wire. */
export interface Cord {
  id: string;
  node: string;
  nic: string;
  wire: string;
}

export interface Graph {
  things: Thing[];
  cords: Cord[];
}

export function labGraph(lab: LabState): Graph {
  const cords = lab.nodes.flatMap((node) =>
    node.nics.map((nic) => ({
      id: `${node.name} ${nic.name}`,
      node: `node ${node.name}`,
      nic: nic.name,
      wire: `wire ${nic.wire}`,
    })),
  );
  const nodes = lab.nodes.map((node): Thing => {
    const instances = lab.instances.filter((instance) => instance.node === node.name);
    return { kind: 'node', id: `node ${node.name}`, node, instances };
  });
  const wires = lab.wires.map((wire): Thing => {
    const id = `wire ${wire.name}`;
    return { kind: 'wire', id, wire, plugs: cords.filter((cord) => cord.wire === id).map((cord) => cord.id) };
  });
  return { things: [...nodes, ...wires], cords };
}

/** What changes the picture's shape; status alone moves nothing. */
export function shapeOf({ things, cords }: Graph): string {
  const sizes = things.map((thing) => [
    thing.id,
    thing.kind === 'node' ? thing.instances.length : thing.plugs.length,
  ]);
  return JSON.stringify([sizes, cords.map(({ id, wire }) => [id, wire])]);
}
