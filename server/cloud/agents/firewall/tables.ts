// Security groups as iptables rules, spelt as iptables-save prints them. Pure; plan.ts compares, apply.ts loads.
import type { Chains, Tables } from '../../../host/iptables.ts';
import type { DeviceSpec, SecurityGroupInfo } from '../../model/specs.ts';
import { deviceOf } from '../l2/device-name.ts';
import { comment, spoofChain, trafficOfPort, type Family } from './port-rules.ts';
import type { FirewallScheme } from './scheme.ts';

export interface Firewall {
  scheme: FirewallScheme;
  /** Ports that security groups guard, with their conntrack zone. */
  guarded: readonly { spec: DeviceSpec; zone: number }[];
  /** Ids of ports without port security: everything passes. */
  trusted: readonly string[];
  groups: SecurityGroupInfo;
  usesIpset: boolean;
}

type Own = (name: string) => string;

/** Chain of one port: i (to the guest), o (from the guest), s (its addresses), and 10 characters of the port's id. */
export const portChain = ({ chainPrefix }: FirewallScheme, letter: 'i' | 'o' | 's', portId: string) =>
  `${chainPrefix}-${letter}${portId.slice(0, 10)}`;

/** The agent's chains in the tables raw and filter of one family. */
export function firewallTables(firewall: Firewall, family: Family): Tables {
  const { scheme } = firewall;
  const own: Own = (name) => `${scheme.chainPrefix}-${name}`;
  const ports = [...firewall.guarded].sort((a, b) => (a.spec.port_id < b.spec.port_id ? -1 : 1));
  return {
    raw: {
      PREROUTING: [`-j ${own('PREROUTING')}`],
      OUTPUT: [`-j ${own('OUTPUT')}`],
      [own('PREROUTING')]: ports.flatMap(({ spec, zone }) => trackingRules(firewall, spec, zone)),
      [own('OUTPUT')]: [],
    },
    filter: {
      ...frame(
        scheme,
        own,
        ports.map(({ spec }) => spec.port_id),
        [...firewall.trusted].sort(),
      ),
      ...Object.assign({}, ...ports.map(({ spec }) => portChains(spec, firewall, own, family))),
    },
  };
}

/** Where the port's connections are tracked, if they are; what is not tracked is neither a known session nor invalid. */
function trackingRules({ scheme, groups }: Firewall, spec: DeviceSpec, zone: number): string[] {
  const { matches, name } = scheme.zoneMatches(spec);
  const rules = spec.security_groups.flatMap((id) => groups.security_groups[id] ?? []);
  const rest = rules.some(({ stateful }) => stateful === false)
    ? `${comment(`Make ${name} stateless`)} -j CT --notrack`
    : `${comment(`Set zone for ${name}`)} -j CT --zone ${zone}`;
  return matches.map((match) => `${match} ${rest}`);
}

/** Chains that lead to the ports' chains. */
function frame(
  scheme: FirewallScheme,
  own: Own,
  guarded: readonly string[],
  trusted: readonly string[],
): Chains {
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
        `${physdev('in', id)} ${comment('Direct incoming traffic from VM to the security group chain.')} -j ${portChain(scheme, 'o', id)}`,
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
            `${physdev(side, id)} ${comment('Jump to the VM specific chain.')} -j ${portChain(scheme, side === 'out' ? 'i' : 'o', id)}`,
        ),
      ),
      '-j ACCEPT',
    ],
    [own('sg-fallback')]: [`${comment('Default drop rule for unmatched traffic.')} -j DROP`],
  };
}

function portChains(spec: DeviceSpec, firewall: Firewall, own: Own, family: Family): Chains {
  const chain = (letter: 'i' | 'o' | 's') => portChain(firewall.scheme, letter, spec.port_id);
  const spoof = spoofChain(spec, family);
  const { incoming, outgoing } = trafficOfPort({
    spec,
    family,
    groups: firewall.groups,
    usesIpset: firewall.usesIpset,
    spoofJump: spoof === undefined ? undefined : `-j ${chain('s')}`,
    fallback: own('sg-fallback'),
  });
  return {
    [chain('i')]: incoming,
    [chain('o')]: outgoing,
    ...(spoof === undefined ? {} : { [chain('s')]: spoof }),
  };
}
