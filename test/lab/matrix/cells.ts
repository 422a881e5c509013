// The table: a type of network, the hosts of the instances, a kind of router. Each row is built and proven as a whole.

export type RouterKind = 'legacy' | 'ha' | 'distributed';

export interface Cell {
  type: 'flat' | 'vlan' | 'gre' | 'vxlan';
  mechanism: 'openvswitch' | 'linuxbridge' | 'mixed';
  router: RouterKind;
}

/** The two compute nodes of a mechanism. */
export const hostsOf: Record<Cell['mechanism'], [near: string, far: string]> = {
  openvswitch: ['compute1', 'compute2'],
  linuxbridge: ['compute3', 'compute4'],
  mixed: ['compute1', 'compute3'],
};

/** Attributes of a router of each kind; an administrator says them, whatever the default is. */
export const routerOf: Record<RouterKind, Record<string, unknown>> = {
  legacy: {},
  ha: { ha: true },
  distributed: { distributed: true },
};

export const cells: Cell[] = [
  { type: 'vlan', mechanism: 'openvswitch', router: 'legacy' },
  { type: 'flat', mechanism: 'openvswitch', router: 'legacy' },
  { type: 'gre', mechanism: 'openvswitch', router: 'legacy' },
  { type: 'vxlan', mechanism: 'openvswitch', router: 'legacy' },
  { type: 'vlan', mechanism: 'openvswitch', router: 'ha' },
];
