// OpenFlow rules of distributed routers: on the wire the MAC of a host stands for those of its routers. Pure.
// Every host has the routers' MACs; frames with one of them must neither leave a host nor be learned from another.
import type { Flow } from '../../../host/ovs-ofctl.ts';
import type { PhysicalBridge } from './bridges.ts';
import { isTunnelled, type Distribution, type RouterInterface } from './distribution.ts';
import { flow, goto, vlanField } from './flow-text.ts';
import { tunnelTable } from './flows-tunnel.ts';
import { outboundFlows, table, type LocalNetwork } from './flows.ts';

/** Tables of the integration bridge. */
const dvrTable = { fromTunnel: 1, fromWire: 2, toRouterFromTunnel: 3, toRouterFromWire: 4 } as const;
/** Tables of a physical bridge. */
const wireTable = { entry: 0, process: 1, translate: 2, notLearn: 3, flood: 22 } as const;

export interface IntegrationWays {
  physical: readonly PhysicalBridge[];
  /** Port that leads to the tunnel bridge, where there is one. */
  innerPatch: string | undefined;
}

/** Flows that the integration bridge has more with distributed routers. */
export function integrationDvrFlows(
  { own, others, interfaces }: Distribution,
  { physical, innerPatch }: IntegrationWays,
): Flow[] {
  const { fromTunnel, fromWire, toRouterFromTunnel, toRouterFromWire } = dvrTable;
  const entry = table.localSwitching;
  const ways = physical.map(({ inner }) => inner);
  return [
    flow(fromTunnel, 1, '', 'drop'),
    flow(fromWire, 1, '', 'drop'),
    ...ways.map((way) => flow(entry, 5, `in_port="${way}",dl_dst=${own}`, goto(toRouterFromWire))),
    ...ways.flatMap((way) =>
      others.map((mac) => flow(entry, 4, `in_port="${way}",dl_src=${mac}`, goto(fromWire))),
    ),
    ...(innerPatch === undefined
      ? []
      : [
          flow(entry, 5, `in_port="${innerPatch}",dl_dst=${own}`, goto(toRouterFromTunnel)),
          ...others.map((mac) => flow(entry, 2, `in_port="${innerPatch}",dl_src=${mac}`, goto(fromTunnel))),
        ]),
    ...interfaces.flatMap((router) => [
      flow(
        entry,
        99,
        `arp,dl_dst=${own},arp_op=2,arp_tha=${router.mac}`,
        `set_field:${router.mac}->eth_dst,${goto(table.packetRateLimit)}`,
      ),
      flow(
        isTunnelled(router.network) ? toRouterFromTunnel : toRouterFromWire,
        5,
        `dl_vlan=${router.network.tag},dl_dst=${own}`,
        `set_field:${router.mac}->eth_dst,pop_vlan,output:"${router.port}"`,
      ),
      ...router.receivers.flatMap((receiver) => deliveryFlows(router, receiver)),
    ]),
  ];
}

/** A frame that a router of another host sent: it gets the MAC of the router back and goes straight to its receiver. */
function deliveryFlows(
  { mac, network }: RouterInterface,
  receiver: RouterInterface['receivers'][number],
): Flow[] {
  const { tag, segmentation_id, network_type } = network;
  const to = `dl_dst=${receiver.mac}`;
  const back = `set_field:${mac}->eth_src`;
  const next = goto(table.packetRateLimit);
  const deliver = (vlan: number | null) =>
    flow(table.transient, 20, `dl_vlan=${vlan},${to}`, `pop_vlan,output:"${receiver.port}"`);
  if (isTunnelled(network))
    return [flow(dvrTable.fromTunnel, 20, `dl_vlan=${tag},${to}`, `${back},${next}`), deliver(tag)];
  if (network_type === 'vlan')
    return [
      flow(dvrTable.fromWire, 20, `dl_vlan=${segmentation_id},${to}`, `${back},${next}`),
      deliver(segmentation_id),
    ];
  // A flat frame has no tag that says whose it is: it gets the local one.
  return [
    flow(
      dvrTable.fromWire,
      20,
      `vlan_tci=0x0000/0x1fff,${to}`,
      `${back},push_vlan:0x8100,${vlanField(tag)},${next}`,
    ),
    deliver(tag),
  ];
}

/** What leaves a host through a router here carries the host's MAC, and what is for a router stays here. */
const disguiseFlows = (
  { mac, network }: RouterInterface,
  own: string,
  tables: { process: number; next: number },
): Flow[] => [
  flow(tables.process, 2, `dl_vlan=${network.tag},dl_dst=${mac}`, 'drop'),
  flow(
    tables.process,
    1,
    `dl_vlan=${network.tag},dl_src=${mac}`,
    `set_field:${own}->eth_src,${goto(tables.next)}`,
  ),
];

/** Questions for the router are answered on each host: ARP requests and router advertisements stay here. */
const silenceFlows = ({ mac, network, addresses }: RouterInterface, floodTable: number): Flow[] =>
  addresses.map((address) =>
    address.includes(':')
      ? flow(floodTable, 3, `icmp6,dl_vlan=${network.tag},dl_src=${mac},icmp_type=134`, 'drop')
      : flow(floodTable, 3, `arp,dl_vlan=${network.tag},arp_tpa=${address}`, 'drop'),
  );

/** Flows that the tunnel bridge has more with distributed routers. */
export function tunnelDvrFlows({ own, others, interfaces }: Distribution, outerPatch: string): Flow[] {
  const { dvrProcess, fromIntegration, dvrNotLearn, learn, flood } = tunnelTable;
  return [
    flow(dvrProcess, 0, '', goto(fromIntegration)),
    flow(dvrNotLearn, 0, '', goto(learn)),
    ...others.map((mac) => flow(dvrNotLearn, 1, `dl_src=${mac}`, `output:"${outerPatch}"`)),
    ...interfaces
      .filter(({ network }) => isTunnelled(network))
      .flatMap((router) => [
        ...disguiseFlows(router, own, { process: dvrProcess, next: fromIntegration }),
        ...silenceFlows(router, flood),
      ]),
  ];
}

/** All flows of a physical bridge where routers are distributed. */
export function physicalDvrFlows(
  bridge: PhysicalBridge,
  networks: readonly LocalNetwork[],
  { own, others, interfaces }: Distribution,
): Flow[] {
  const { entry, process, translate, notLearn, flood } = wireTable;
  const { physicalNetwork, outer } = bridge;
  const from = `in_port="${outer}"`;
  return [
    flow(entry, 2, from, goto(process)),
    flow(entry, 1, '', goto(notLearn)),
    flow(entry, 0, '', 'NORMAL'),
    flow(process, 0, '', goto(translate)),
    flow(translate, 2, from, 'drop'),
    ...networks.flatMap((network) => outboundFlows(translate, bridge, network)),
    ...others.map((mac) => flow(notLearn, 2, `dl_src=${mac}`, `output:"${outer}"`)),
    flow(notLearn, 1, '', 'NORMAL'),
    ...interfaces
      .filter(({ network }) => network.physical_network === physicalNetwork)
      .flatMap((router) => [
        ...disguiseFlows(router, own, { process, next: translate }),
        ...silenceFlows(router, flood),
      ]),
  ];
}
