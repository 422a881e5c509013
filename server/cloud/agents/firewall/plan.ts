// Security groups of the bound ports: ipsets, iptables, and connections that no rule allows any more. Pure.
import { planIptables, type Chains, type Tables } from '../../../host/iptables.ts';
import { planIpsets } from '../../../host/ipset.ts';
import type { ZoneConnections } from '../../../host/conntrack.ts';
import type { DeviceSpec, SecurityGroupInfo } from '../../model/specs.ts';
import { isGuarded } from '../l2/desired.ts';
import { bridgeSysctls, type FirewallActual } from './actual.ts';
import { isOurSet, memberSets } from './group-rules.ts';
import type { FirewallScheme } from './scheme.ts';
import type { FirewallStep } from './steps.ts';
import { firewallTables, portChain } from './tables.ts';
import { assignZones, recordedZones } from './zones.ts';

export interface FirewallSettings {
  enforcesSecurityGroups: boolean;
  usesIpset: boolean;
}

export interface WantedFirewall {
  scheme: FirewallScheme;
  /** The bound ports. */
  specs: readonly DeviceSpec[];
  groups: SecurityGroupInfo;
  /** Zones by owner that earlier passes saw: they survive somebody flushing the raw table. */
  zones: ReadonlyMap<string, number>;
  /** Chains of the table mangle that the agent wants besides. */
  mangle?: Chains | undefined;
}

export interface FirewallSteps {
  /** Before a port may speak. */
  first: FirewallStep[];
  /** When the new rules are in force. */
  last: FirewallStep[];
}

export function planFirewall(
  { scheme, specs, groups, zones, mangle }: WantedFirewall,
  actual: FirewallActual,
  settings: FirewallSettings,
): FirewallSteps {
  const isOn = settings.enforcesSecurityGroups;
  const guarded = isOn ? specs.filter(isGuarded) : [];
  const trusted = isOn ? specs.filter((spec) => !isGuarded(spec)).map((spec) => spec.port_id) : [];
  const owners = guarded.map(scheme.zoneOwner).sort();
  const loaded = recordedZones(actual.tables[4], scheme);
  const zoneOf = assignZones(owners, new Map([...zones, ...loaded]));
  const left = [...loaded].filter(([owner]) => !zoneOf.has(owner));
  const families = actual.tables[6] === undefined ? ([4] as const) : ([4, 6] as const);
  const sets = planIpsets(
    settings.usesIpset ? memberSets(guarded, groups, families) : [],
    actual.ipsets,
    isOurSet,
  );
  const first: FirewallStep[] = isOn || mangle !== undefined ? planSysctls(actual) : [];
  if (sets.grow.length > 0) first.push(ipsetStep(sets.grow));
  const last: FirewallStep[] = sets.shrink.length > 0 ? [ipsetStep(sets.shrink)] : [];
  for (const family of families) {
    const found = actual.tables[family] ?? {};
    const ports = guarded.map((spec) => ({ spec, zone: zoneOf.get(scheme.zoneOwner(spec))! }));
    const rules = isOn
      ? firewallTables({ scheme, guarded: ports, trusted, groups, usesIpset: settings.usesIpset }, family)
      : {};
    const wanted: Tables = mangle === undefined ? rules : { ...rules, mangle };
    const { input, reasons } = planIptables(wanted, found, scheme.chainPrefix);
    if (input !== '') first.push({ kind: 'change-iptables', family, input, reason: reasons.join('; ') });
    last.push(
      ...ports.flatMap(({ spec, zone }) =>
        endedConnections({ scheme, spec, zone, family, wanted, found, setChanges: sets.shrink }),
      ),
    );
    // The next owner of such a zone must not inherit connections.
    for (const [owner, zone] of left)
      last.push({
        kind: 'forget-connections',
        connections: { zone, family },
        reason: `zone ${zone} belonged to ${owner}, which is gone`,
      });
  }
  return { first, last };
}

const ipsetStep = (lines: string[]): FirewallStep => ({
  kind: 'change-ipsets',
  lines,
  reason: lines.length > 3 ? `${lines.length} changes of members` : lines.join('; '),
});

function planSysctls({ sysctls }: FirewallActual): FirewallStep[] {
  return bridgeSysctls.flatMap((key): FirewallStep[] => {
    const value = sysctls[key];
    if (value === '1') return [];
    if (value === undefined)
      return key.endsWith('-iptables')
        ? [
            {
              kind: 'report-problem',
              reason: `Security groups have no effect: no ${key}. Load the module: modprobe br_netfilter`,
            },
          ]
        : [];
    return [
      { kind: 'set-sysctl', key, value: '1', reason: `${key} is ${value}: bridged frames pass by iptables` },
    ];
  });
}

/** Connections that were let in by a rule, or by a member of a group, that is gone. */
function endedConnections({
  scheme,
  spec,
  zone,
  family,
  wanted,
  found,
  setChanges,
}: {
  scheme: FirewallScheme;
  spec: DeviceSpec;
  zone: number;
  family: 4 | 6;
  wanted: Tables;
  found: Tables;
  setChanges: readonly string[];
}): FirewallStep[] {
  const own = spec.fixed_ips
    .map(({ ip_address }) => ip_address)
    .filter((ip) => ip.includes(':') === (family === 6));
  const forget = (connections: Omit<ZoneConnections, 'zone' | 'family'>, reason: string): FirewallStep => ({
    kind: 'forget-connections',
    connections: { zone, family, ...connections },
    reason: `${reason} of port ${spec.port_id}`,
  });
  const removed = (['i', 'o'] as const).flatMap((letter) => {
    const chain = portChain(scheme, letter, spec.port_id);
    const before = found.filter?.[chain];
    const after = new Set(wanted.filter?.[chain]);
    const protocols = (before ?? [])
      .filter((rule) => rule.endsWith('-j RETURN') && !rule.includes('--comment') && !after.has(rule))
      .map((rule) => /(?:^| )-p (\S+)/.exec(rule)?.[1]);
    // Without a protocol every connection is meant; then the others need no command of their own.
    const kinds = protocols.includes(undefined) ? [undefined] : [...new Set(protocols)];
    return kinds.flatMap((protocol) =>
      own.map((ip) =>
        forget(
          {
            ...(protocol === undefined ? {} : { protocol }),
            ...(letter === 'i' ? { destination: ip } : { source: ip }),
          },
          `an ${letter === 'i' ? 'ingress' : 'egress'} rule is gone`,
        ),
      ),
    );
  });
  const rules = [
    ...(wanted.filter?.[portChain(scheme, 'i', spec.port_id)] ?? []),
    ...(wanted.filter?.[portChain(scheme, 'o', spec.port_id)] ?? []),
  ];
  const gone = setChanges.flatMap((line) => {
    const [verb, set, member = ''] = line.split(' ');
    if (verb !== 'del' || member.includes(':') !== (family === 6)) return [];
    const uses = (side: string) => rules.some((rule) => rule.includes(`--match-set ${set} ${side}`));
    return [
      ...(uses('src') ? [forget({ source: member }, `${member} left a group`)] : []),
      ...(uses('dst') ? [forget({ destination: member }, `${member} left a group`)] : []),
    ];
  });
  return [...removed, ...gone];
}
