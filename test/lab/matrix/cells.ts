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
  legacy: { ha: false, distributed: false },
  ha: { ha: true, distributed: false },
  distributed: { ha: false, distributed: true },
};

const row = (type: Cell['type'], mechanism: Cell['mechanism'], router: RouterKind): Cell => ({
  ...{ type, mechanism, router },
});

/** Hosts learn where ports are from broadcasts; only tunnels notice. */
export const cellsWithoutPopulation: Cell[] = [
  row('gre', 'openvswitch', 'legacy'),
  row('vxlan', 'openvswitch', 'legacy'),
  row('vxlan', 'linuxbridge', 'legacy'),
  row('vxlan', 'mixed', 'legacy'),
];

/** Hosts are told where ports are; distributed routers need it. */
export const cells: Cell[] = [
  row('vlan', 'openvswitch', 'legacy'),
  row('flat', 'openvswitch', 'legacy'),
  row('gre', 'openvswitch', 'legacy'),
  row('vxlan', 'openvswitch', 'legacy'),
  row('vlan', 'linuxbridge', 'legacy'),
  row('flat', 'linuxbridge', 'legacy'),
  row('vxlan', 'linuxbridge', 'legacy'),
  row('vlan', 'mixed', 'legacy'),
  row('vxlan', 'mixed', 'legacy'),
  row('vlan', 'openvswitch', 'ha'),
  row('vxlan', 'openvswitch', 'ha'),
  row('vlan', 'openvswitch', 'distributed'),
  row('vxlan', 'openvswitch', 'distributed'),
];
