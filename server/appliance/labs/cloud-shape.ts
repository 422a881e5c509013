// What can be asked of a lab's cloud: how many nodes, what wires them, which kinds of networks and routers.
import type { ConfigOverride } from './spec.ts';

export const mechanisms = ['openvswitch', 'linuxbridge'] as const;
export type Mechanism = (typeof mechanisms)[number];

export const tenantTypes = ['local', 'vlan', 'gre', 'vxlan'] as const;
export type TenantType = (typeof tenantTypes)[number];

export const mostComputes = 8;
export const mostNetworks = 4;

export interface CloudShape {
  /** Compute nodes: compute1, compute2, ... */
  computeCount: number;
  /** Network nodes: network, network2, ... */
  networkCount: number;
  /** What layer 2 is made of on the nodes that `mechanismOf` does not name. */
  mechanism: Mechanism;
  /** By name of node. */
  mechanismOf: Record<string, Mechanism>;
  /** Types of tenants' networks, in the order they are tried. The tunnels among them are laid, others not. */
  types: TenantType[];
  isL2Populated: boolean;
  /** Compute nodes route too and reach the external network themselves; routers are distributed unless told otherwise. */
  isDistributed: boolean;
  /** Routers are highly available unless told otherwise. */
  isHighlyAvailable: boolean;
  /** A second data network, physnet3 on eth2; then both can be flat. */
  isSpareWired: boolean;
  /** The nodes that route count traffic by metering labels. */
  isMetered: boolean;
  /** Options set in the nodes' configuration files before the daemons start. */
  config: ConfigOverride[];
}

export const usualShape: CloudShape = {
  computeCount: 2,
  networkCount: 1,
  mechanism: 'openvswitch',
  mechanismOf: {},
  types: ['vlan'],
  isL2Populated: false,
  isDistributed: false,
  isHighlyAvailable: false,
  isSpareWired: false,
  isMetered: false,
  config: [],
};

export const networkNodeNames = ({ networkCount }: Pick<CloudShape, 'networkCount'>): string[] =>
  Array.from({ length: networkCount }, (_, index) => (index === 0 ? 'network' : `network${index + 1}`));

export const computeNodeNames = ({ computeCount }: Pick<CloudShape, 'computeCount'>): string[] =>
  Array.from({ length: computeCount }, (_, index) => `compute${index + 1}`);

/** Every node of the cloud, in starting order. */
export const nodeNamesOf = (shape: Pick<CloudShape, 'networkCount' | 'computeCount'>): string[] => [
  'controller',
  ...networkNodeNames(shape),
  ...computeNodeNames(shape),
  'outside',
];

/**
 * Values of the marks in the controller's templates: what the whole cloud is. Distributed routers ask every switch for
 * the places of all ports, so they bring L2 population with them.
 */
export function cloudMarks(shape: CloudShape): Record<string, string> {
  const used = new Set(
    [...networkNodeNames(shape), ...computeNodeNames(shape)].map((name) => mechanismAt(shape, name)),
  );
  const tunnels = tunnelTypes(shape);
  return {
    TYPE_DRIVERS: ['local', 'flat', 'vlan', ...tunnels].join(','),
    FLAT_NETWORKS: shape.isSpareWired ? 'physnet1,physnet2,physnet3' : 'physnet1',
    TENANT_TYPES: shape.types.join(','),
    MECHANISMS: [
      ...mechanisms.filter((one) => used.has(one)),
      ...(isPopulated(shape) ? ['l2population'] : []),
    ].join(','),
    TUNNEL_TYPES: tunnels.join(','),
    VXLAN_ENABLED: named(tunnels.includes('vxlan')),
    L2_POPULATION: named(isPopulated(shape)),
    DISTRIBUTED: named(shape.isDistributed),
    HIGHLY_AVAILABLE: named(shape.isHighlyAvailable),
  };
}

export const mechanismAt = (shape: CloudShape, node: string): Mechanism =>
  shape.mechanismOf[node] ?? shape.mechanism;

const isPopulated = (shape: CloudShape) => shape.isL2Populated || shape.isDistributed;
const tunnelTypes = ({ types }: CloudShape) => types.filter((type) => type === 'gre' || type === 'vxlan');
const named = (value: boolean) => (value ? 'True' : 'False');
