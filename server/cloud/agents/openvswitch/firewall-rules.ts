// Security groups as iptables rules, spelt as iptables-save prints them. Pure; plan.ts compares, apply.ts loads.
import type { Chains, Tables } from '../../../host/iptables.ts';
import type { DeviceSpec, SecurityGroupInfo } from '../../model/specs.ts';
import { deviceOf } from './bridges.ts';
import { comment, spoofChain, trafficOfPort, type Family } from './port-rules.ts';

/** Chains of this agent begin with its program's name, cut to 16 characters. */
export const chainPrefix = 'neutron-openvswi';
const own = (name: string) => `${chainPrefix}-${name}`;
/** Chain of one port: i (to the guest), o (from the guest), s (its addresses), and 10 characters of the port's id. */
export const portChain = (letter: 'i' | 'o' | 's', portId: string) => own(`${letter}${portId.slice(0, 10)}`);
const conntrackZoneComment = (portId: string) => `-m comment --comment "Set zone for ${portId}"`;
/** First conntrack zone of a port; those below belong to networks. */
export const firstZone = 4097;

export interface Firewall {
  /** Ports that security groups guard, with their conntrack zone. */
  guarded: readonly { spec: DeviceSpec; zone: number }[];
  /** Ids of ports without port security: everything passes. */
  trusted: readonly string[];
  groups: SecurityGroupInfo;
  usesIpset: boolean;
}

/** The agent's chains in the tables raw and filter of one family. */
export function firewallTables(firewall: Firewall, family: Family): Tables {
  const ports = [...firewall.guarded].sort((a, b) => (a.spec.port_id < b.spec.port_id ? -1 : 1));
  return {
    raw: {
      PREROUTING: [`-j ${own('PREROUTING')}`],
      OUTPUT: [`-j ${own('OUTPUT')}`],
      [own('PREROUTING')]: ports.flatMap(({ spec, zone }) => zoneRules(spec.port_id, zone)),
      [own('OUTPUT')]: [],
    },
    filter: {
      ...frame(
        ports.map(({ spec }) => spec.port_id),
        [...firewall.trusted].sort(),
      ),
      ...Object.assign({}, ...ports.map(({ spec }) => portChains(spec, firewall, family))),
    },
  };
}

const zoneRules = (portId: string, zone: number): string[] => {
  const rest = `${conntrackZoneComment(portId)} -j CT --zone ${zone}`;
  return [
    `-m physdev --physdev-in ${deviceOf('qvb', portId)} ${rest}`,
    `-i ${deviceOf('qvb', portId)} ${rest}`,
    `-m physdev --physdev-in ${deviceOf('tap', portId)} ${rest}`,
  ];
};

/** Zones by port id, as the rules that are loaded say. */
export function recordedZones(tables: Tables): Map<string, number> {
  const zones = new Map<string, number>();
  for (const rule of tables.raw?.[own('PREROUTING')] ?? []) {
    const match = /"Set zone for (\S+)" -j CT --zone (\d+)$/.exec(rule);
    if (match !== null) zones.set(match[1]!, Number(match[2]));
  }
  return zones;
}

/** A zone for each port: the recorded one, else the lowest that is free. */
export function assignZones(
  portIds: readonly string[],
  recorded: ReadonlyMap<string, number>,
): Map<string, number> {
  const used = new Set<number>();
  const zones = new Map<string, number>();
  for (const id of portIds) {
    const zone = recorded.get(id);
    if (zone === undefined || zone < firstZone || used.has(zone)) continue;
    zones.set(id, zone);
    used.add(zone);
  }
  let next = firstZone;
  for (const id of portIds) {
    if (zones.has(id)) continue;
    while (used.has(next)) next += 1;
    zones.set(id, next);
    used.add(next);
  }
  return zones;
}

/** Chains that lead to the ports' chains. */
function frame(guarded: readonly string[], trusted: readonly string[]): Chains {
  const physdev = (side: 'in' | 'out', id: string) =>
    `-m physdev --physdev-${side} ${deviceOf('tap', id)} --physdev-is-bridged`;
  const both = (id: string, rest: string) =>
    (['out', 'in'] as const).map((side) => `${physdev(side, id)} ${rest}`);
  return {
    INPUT: [`-j ${own('INPUT')}`],
    FORWARD: ['-j neutron-filter-top', `-j ${own('FORWARD')}`],
    OUTPUT: ['-j neutron-filter-top', `-j ${own('OUTPUT')}`],
    'neutron-filter-top': [`-j ${own('local')}`],
    [own('local')]: [],
    [own('OUTPUT')]: [],
    [own('INPUT')]: guarded.map(
      (id) =>
        `${physdev('in', id)} ${comment('Direct incoming traffic from VM to the security group chain.')} -j ${portChain('o', id)}`,
    ),
    [own('FORWARD')]: [
      ...guarded.flatMap((id) =>
        both(
          id,
          `${comment('Direct traffic from the VM interface to the security group chain.')} -j ${own('sg-chain')}`,
        ),
      ),
      ...trusted.flatMap((id) =>
        both(id, `${comment('Accept all packets when port is trusted.')} -j ACCEPT`),
      ),
    ],
    [own('sg-chain')]: [
      ...guarded.flatMap((id) =>
        (['out', 'in'] as const).map(
          (side) =>
            `${physdev(side, id)} ${comment('Jump to the VM specific chain.')} -j ${portChain(side === 'out' ? 'i' : 'o', id)}`,
        ),
      ),
      '-j ACCEPT',
    ],
    [own('sg-fallback')]: [`${comment('Default drop rule for unmatched traffic.')} -j DROP`],
  };
}

function portChains(spec: DeviceSpec, firewall: Firewall, family: Family): Chains {
  const spoof = spoofChain(spec, family);
  const { incoming, outgoing } = trafficOfPort({
    spec,
    family,
    groups: firewall.groups,
    usesIpset: firewall.usesIpset,
    spoofJump: spoof === undefined ? undefined : `-j ${portChain('s', spec.port_id)}`,
    fallback: own('sg-fallback'),
  });
  return {
    [portChain('i', spec.port_id)]: incoming,
    [portChain('o', spec.port_id)]: outgoing,
    ...(spoof === undefined ? {} : { [portChain('s', spec.port_id)]: spoof }),
  };
}
