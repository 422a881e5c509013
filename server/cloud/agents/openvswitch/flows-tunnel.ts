// OpenFlow rules of the tunnel bridge: local VLANs become tunnel ids and back. Spelt as `ovs-ofctl --names` prints them. Pure.
import type { Flow } from '../../../host/ovs-ofctl.ts';
import type { Overlay, RemotePort, TunnelType } from '../l2/overlay.ts';
import { flow, goto, vlanField } from './flow-text.ts';
import type { TunnelNetwork, TunnelPort } from './tunnels.ts';

/** Tables of the tunnel bridge. */
export const tunnelTable = {
  split: 0,
  dvrProcess: 1,
  fromIntegration: 2,
  gre: 3,
  vxlan: 4,
  geneve: 6,
  dvrNotLearn: 9,
  learn: 10,
  unicast: 20,
  arpResponder: 21,
  flood: 22,
} as const;

export interface TunnelBridge {
  /** Port that leads to the integration bridge. */
  outerPatch: string;
  cookie: string;
  ports: readonly TunnelPort[];
  networks: readonly TunnelNetwork[];
  members: Overlay['members'];
  answersArp: boolean;
  /** Frames pass the tables of distributed routers on their way in and out. */
  isDistributed: boolean;
}

/** All flows of the tunnel bridge but those of distributed routers. */
export function tunnelFlows(bridge: TunnelBridge): Flow[] {
  const { outerPatch, cookie, ports, networks, answersArp, isDistributed } = bridge;
  const { split, fromIntegration, learn, unicast, arpResponder, flood } = tunnelTable;
  const [first, afterTunnel] = isDistributed
    ? [tunnelTable.dvrProcess, tunnelTable.dvrNotLearn]
    : [fromIntegration, learn];
  return [
    flow(split, 0, '', 'drop'),
    flow(split, 1, `in_port="${outerPatch}"`, goto(first)),
    ...ports.map(({ name, type }) => flow(split, 1, `in_port="${name}"`, goto(tunnelTable[type]))),
    flow(fromIntegration, 0, 'dl_dst=00:00:00:00:00:00/01:00:00:00:00:00', goto(unicast)),
    flow(fromIntegration, 0, 'dl_dst=01:00:00:00:00:00/01:00:00:00:00:00', goto(flood)),
    ...(['gre', 'vxlan', 'geneve'] as const).map((type) => flow(tunnelTable[type], 0, '', 'drop')),
    ...networks.map(({ network_type, segmentation_id, tag }) =>
      flow(
        tunnelTable[network_type],
        1,
        `tun_id=${hex(segmentation_id)}`,
        `push_vlan:0x8100,${vlanField(tag)},${goto(afterTunnel)}`,
      ),
    ),
    flow(learn, 1, '', `${learnAction(cookie)},output:"${outerPatch}"`),
    flow(unicast, 0, '', goto(flood)),
    ...(answersArp
      ? [
          flow(fromIntegration, 1, 'arp,dl_dst=ff:ff:ff:ff:ff:ff', goto(arpResponder)),
          flow(arpResponder, 0, '', goto(flood)),
        ]
      : []),
    flow(flood, 0, '', 'drop'),
    ...networks.flatMap((network) => networkFlows(bridge, network)),
  ];
}

const hex = (id: number) => `0x${id.toString(16)}`;

/** A frame from a tunnel teaches which tunnel its sender is behind. */
const learnAction = (cookie: string) =>
  `learn(table=${tunnelTable.unicast},hard_timeout=300,priority=1,cookie=${cookie},NXM_OF_VLAN_TCI[0..11],` +
  'NXM_OF_ETH_DST[]=NXM_OF_ETH_SRC[],load:0->NXM_OF_VLAN_TCI[],load:NXM_NX_TUN_ID[]->NXM_NX_TUN_ID[],' +
  'output:OXM_OF_IN_PORT[])';

/** Where a network's frames go: to known receivers directly, everything else to every host that may want it. */
function networkFlows({ ports, members, answersArp }: TunnelBridge, network: TunnelNetwork): Flow[] {
  const { network_type, segmentation_id, tag } = network;
  const portTo = (host: string) => portOf(ports, network_type, host);
  const known = members?.get(network.id);
  const remote = (known?.ports ?? []).filter(({ host }) => portTo(host) !== undefined);
  const flooded = ports.filter(
    ({ type, remoteIp }) =>
      type === network_type && (members === undefined || known?.flooding.includes(remoteIp) === true),
  );
  const enter = `pop_vlan,set_field:${hex(segmentation_id)}->tun_id`;
  return [
    ...remote.map(({ mac, host }) =>
      flow(tunnelTable.unicast, 2, `dl_vlan=${tag},dl_dst=${mac}`, `${enter},output:"${portTo(host)!.name}"`),
    ),
    ...(answersArp ? remote.filter(({ ip }) => isIpv4(ip)).map((port) => arpAnswer(tag, port)) : []),
    ...(flooded.length === 0
      ? []
      : [
          flow(
            tunnelTable.flood,
            1,
            `dl_vlan=${tag}`,
            [enter, ...flooded.map(({ name }) => `output:"${name}"`)].join(),
          ),
        ]),
  ];
}

const portOf = (ports: readonly TunnelPort[], type: TunnelType, host: string) =>
  ports.find((port) => port.type === type && port.remoteIp === host);

const isIpv4 = (ip: string) => ip !== '' && !ip.includes(':');

/** The request becomes its answer, as the port itself would give it, and goes back where it came from. */
const arpAnswer = (tag: number, { mac, ip }: RemotePort): Flow =>
  flow(
    tunnelTable.arpResponder,
    1,
    `arp,dl_vlan=${tag},arp_tpa=${ip}`,
    `set_field:2->arp_op,move:NXM_NX_ARP_SHA[]->NXM_NX_ARP_THA[],move:NXM_OF_ARP_SPA[]->NXM_OF_ARP_TPA[],` +
      `set_field:${mac}->arp_sha,set_field:${ip}->arp_spa,move:NXM_OF_ETH_SRC[]->NXM_OF_ETH_DST[],` +
      `set_field:${mac}->eth_src,IN_PORT`,
  );

const segmentFlow = /^push_vlan:0x8100,set_field:(\d+)->vlan_vid,/;
const segmentTables: readonly number[] = [tunnelTable.gre, tunnelTable.vxlan];

/** Local VLANs by tunnel key, as the flows that let frames in say. */
const tagsOf = (flows: readonly Flow[]) =>
  new Map(
    flows.flatMap(({ table, match, actions }) => {
      const field = segmentTables.includes(table) ? segmentFlow.exec(actions)?.[1] : undefined;
      return field === undefined ? [] : [[`${table} ${match}`, Number(field) - 4096] as const];
    }),
  );

/**
 * Bundle lines, to stand before all others, that make the switch forget what it learned in networks that leave, or whose local
 * VLAN changes: the next network with that VLAN would send to hosts of the one before.
 */
export function forgetLearned(found: readonly Flow[], wanted: readonly Flow[], cookie: string): string[] {
  const kept = tagsOf(wanted);
  return [...tagsOf(found)]
    .filter(([key, tag]) => kept.get(key) !== tag)
    .map(([, tag]) => {
      const tci = `0x${tag.toString(16).padStart(4, '0')}/0x0fff`;
      return `delete table=${tunnelTable.unicast},vlan_tci=${tci},cookie=${cookie}/-1`;
    });
}
