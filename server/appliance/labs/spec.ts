// What a lab's cloud is made of: its nodes, the wires between them, settings that differ from the usual.
import {
  cloudMarks,
  computeNodeNames,
  networkNodeNames,
  usualShape,
  type CloudShape,
} from './cloud-shape.ts';
import { workerNode } from './worker-node.ts';

export const nodeKinds = ['controller', 'network', 'compute', 'outside'] as const;
export type NodeKind = (typeof nodeKinds)[number];

/** The image of each kind of node, and the one with the files that instances boot from. */
export type LabImages = Record<NodeKind | 'guest', string>;

export interface NodeSpec {
  /** Also its host name. */
  name: string;
  kind: NodeKind;
  /** Services of /etc/sv that run; those of the controller and the outside are fixed by their images. */
  services: string[];
  /** NIC to the physical network it is wired to: `{ eth0: 'external', eth1: 'data' }`. */
  wires: Record<string, string>;
  /** Open vSwitch bridge to the NIC it holds: `{ 'br-eth1': 'eth1' }`. */
  bridges: Record<string, string>;
  /** Whether the bridges are only there where the kernel has no VLAN devices (8021q). */
  isSwitchSpared: boolean;
  /** NIC to its address; one that a bridge holds leaves it to the bridge. */
  addresses: Record<string, string>;
  /** Values of marks in the node's templates. */
  marks: Record<string, string>;
}

/** One option of one configuration file, set before the daemons start. */
export interface ConfigOverride {
  /** A node's name, or a kind for all nodes of that kind. */
  node: string;
  /** Absolute path in the node, such as /etc/neutron/l3_agent.ini. */
  file: string;
  section: string;
  option: string;
  value: string;
}

export interface LabSpec {
  /** Unique on the engine: lower-case letters, digits and hyphens. */
  name: string;
  /** Id of the lab folder it was started from; the lab's own name where there is none. */
  entry: string;
  nodes: NodeSpec[];
  config: ConfigOverride[];
}

const plain = { services: [], wires: {}, bridges: {}, isSwitchSpared: false, addresses: {}, marks: {} };

/** The cloud a lab asks for; without wishes the guide's: a controller, a network node, two compute nodes, the outside. */
export function defaultSpec(
  name: string,
  { entry = name, ...wishes }: Partial<CloudShape> & { entry?: string } = {},
): LabSpec {
  const shape = { ...usualShape, ...wishes };
  const workers = [
    ...networkNodeNames(shape).map((node) => ({ node, kind: 'network' as const })),
    ...computeNodeNames(shape).map((node) => ({ node, kind: 'compute' as const })),
  ];
  const nodes: NodeSpec[] = [
    { ...plain, name: 'controller', kind: 'controller', marks: cloudMarks(shape) },
    ...workers.map(({ node, kind }, index) => workerNode(shape, { name: node, kind, index })),
    { ...plain, name: 'outside', kind: 'outside', wires: { eth0: 'external' } },
  ];
  return { name, entry, nodes, config: shape.config };
}

/** A lab's name becomes part of container names and of a label. Throws with the rule when it cannot be one. */
export function checkLabName(name: string): void {
  if (/^[a-z0-9][a-z0-9-]{0,39}$/.test(name)) return;
  throw new Error(
    `'${name}' cannot be a lab's name: it has 1 to 40 lower-case letters, digits and hyphens and starts with no hyphen.`,
  );
}
