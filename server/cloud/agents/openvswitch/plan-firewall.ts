// Security groups of the bound ports: ipsets, iptables, and connections that no rule allows any more. Pure.
import { planIptables, type Tables } from '../../../host/iptables.ts';
import { planIpsets } from '../../../host/ipset.ts';
import type { ZoneConnections } from '../../../host/conntrack.ts';
import type { DeviceSpec, SecurityGroupInfo } from '../../model/specs.ts';
import { bridgeSysctls, type Actual } from './actual.ts';
import { isGuarded } from './desired.ts';
import { assignZones, chainPrefix, firewallTables, portChain, recordedZones } from './firewall-rules.ts';
import { isOurSet, memberSets } from './group-rules.ts';
import type { Settings } from './settings.ts';
import type { Step } from './steps.ts';

export interface FirewallSteps {
  /** Before a port gets its tag. */
  first: Step[];
  /** When the new rules are in force. */
  last: Step[];
}

/** `zones` are those that earlier passes saw: they survive somebody flushing the raw table. */
export function planFirewall(
  specs: readonly DeviceSpec[],
  groups: SecurityGroupInfo,
  actual: Actual,
  settings: Settings,
  zones: ReadonlyMap<string, number>,
): FirewallSteps {
  const isOn = settings.enforcesSecurityGroups;
  const guarded = isOn ? specs.filter(isGuarded) : [];
  const trusted = isOn ? specs.filter((spec) => !isGuarded(spec)).map((spec) => spec.port_id) : [];
  const ids = guarded.map((spec) => spec.port_id).sort();
  const loaded = recordedZones(actual.tables[4]);
  const zoneOf = assignZones(ids, new Map([...zones, ...loaded]));
  const left = [...loaded].filter(([id]) => !zoneOf.has(id));
  const families = actual.tables[6] === undefined ? ([4] as const) : ([4, 6] as const);
  const sets = planIpsets(
    settings.usesIpset ? memberSets(guarded, groups, families) : [],
    actual.ipsets,
    isOurSet,
  );
  const first: Step[] = isOn ? planSysctls(actual) : [];
  if (sets.grow.length > 0) first.push(ipsetStep(sets.grow));
  const last: Step[] = sets.shrink.length > 0 ? [ipsetStep(sets.shrink)] : [];
  for (const family of families) {
    const found = actual.tables[family] ?? {};
    const ports = guarded.map((spec) => ({ spec, zone: zoneOf.get(spec.port_id)! }));
    const wanted = isOn
      ? firewallTables({ guarded: ports, trusted, groups, usesIpset: settings.usesIpset }, family)
      : {};
    const { input, reasons } = planIptables(wanted, found, chainPrefix);
    if (input !== '') first.push({ kind: 'change-iptables', family, input, reason: reasons.join('; ') });
    last.push(
      ...ports.flatMap(({ spec, zone }) => endedConnections(spec, zone, family, wanted, found, sets.shrink)),
    );
    // The next port in such a zone must not inherit connections.
    for (const [id, zone] of left)
      last.push({ kind: 'forget-connections', connections: { zone, family }, reason: `port ${id} is gone` });
  }
  return { first, last };
}

const ipsetStep = (lines: string[]): Step => ({
  kind: 'change-ipsets',
  lines,
  reason: lines.length > 3 ? `${lines.length} changes of members` : lines.join('; '),
});

function planSysctls({ sysctls }: Actual): Step[] {
  return bridgeSysctls.flatMap((key): Step[] => {
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
function endedConnections(
  spec: DeviceSpec,
  zone: number,
  family: 4 | 6,
  wanted: Tables,
  found: Tables,
  setChanges: readonly string[],
): Step[] {
  const own = spec.fixed_ips
    .map(({ ip_address }) => ip_address)
    .filter((ip) => ip.includes(':') === (family === 6));
  const forget = (connections: Omit<ZoneConnections, 'zone' | 'family'>, reason: string): Step => ({
    kind: 'forget-connections',
    connections: { zone, family, ...connections },
    reason: `${reason} of port ${spec.port_id}`,
  });
  const removed = (['i', 'o'] as const).flatMap((letter) => {
    const chain = portChain(letter, spec.port_id);
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
    ...(wanted.filter?.[portChain('i', spec.port_id)] ?? []),
    ...(wanted.filter?.[portChain('o', spec.port_id)] ?? []),
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
