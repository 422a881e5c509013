// Rules of security groups as iptables matches, and the ipsets that hold the members of remote groups. Pure.
import { familyOf, formatCidr, parseCidr } from '../../../lib/cidr.ts';
import { protocolMatch } from '../../../host/iptables.ts';
import type { IpSet } from '../../../host/ipset.ts';
import type { DeviceSpec, SecurityGroupInfo, SecurityGroupRuleSpec } from '../../model/specs.ts';

type Family = 4 | 6;
const ethertype = { 4: 'IPv4', 6: 'IPv6' } as const;

/** Beginning of the names of this agent's ipsets. */
const setPrefix = { 4: 'NIPv4', 6: 'NIPv6' } as const;
/** ipset names have up to 31 characters; two are kept for a set to swap with. */
const longestSetName = 29;

export const setName = (groupId: string, family: Family) =>
  `${setPrefix[family]}${groupId}`.slice(0, longestSetName);
export const isOurSet = (name: string) => /^NIPv[46]/.test(name);

export interface GroupRulesOptions {
  spec: Pick<DeviceSpec, 'security_groups'>;
  family: Family;
  groups: SecurityGroupInfo;
  usesIpset: boolean;
}

/** What the groups of a port allow in one direction, each rule once. */
export function allowRules(
  { spec, family, groups, usesIpset }: GroupRulesOptions,
  direction: 'ingress' | 'egress',
): string[] {
  const rules = spec.security_groups
    .flatMap((id) => groups.security_groups[id] ?? [])
    .filter((rule) => rule.direction === direction && rule.ethertype === ethertype[family]);
  return [
    ...new Set(
      rules.flatMap((rule) =>
        peersOf(rule, family, groups, usesIpset).map(({ address, set }) =>
          [address, ...protocolWords(rule, family), set, '-j RETURN'].filter((word) => word !== '').join(' '),
        ),
      ),
    ),
  ];
}

/** Who the rule is about: anybody, a prefix, or the members of a group (nobody while it has none). */
function peersOf(
  rule: SecurityGroupRuleSpec,
  family: Family,
  groups: SecurityGroupInfo,
  usesIpset: boolean,
): { address: string; set: string }[] {
  const flag = rule.direction === 'ingress' ? '-s' : '-d';
  if (rule.remote_group_id !== null) {
    const members = memberNetworks(groups, rule.remote_group_id, family);
    if (members.length === 0) return [];
    if (!usesIpset) return members.map((member) => ({ address: `${flag} ${member}`, set: '' }));
    const side = rule.direction === 'ingress' ? 'src' : 'dst';
    return [{ address: '', set: `-m set --match-set ${setName(rule.remote_group_id, family)} ${side}` }];
  }
  const prefix = rule.remote_ip_prefix === null ? undefined : parseCidr(withLength(rule.remote_ip_prefix));
  const isAny = prefix === undefined || prefix.prefix === 0;
  return [{ address: isAny ? '' : `${flag} ${formatCidr(prefix)}`, set: '' }];
}

const withLength = (address: string) =>
  address.includes('/') ? address : `${address}/${familyOf(address) === 6 ? 128 : 32}`;

/** Module that knows the ports of a protocol. */
const portModules: Record<string, string> = { tcp: 'tcp', udp: 'udp', sctp: 'sctp', 33: 'dccp' };

function protocolWords(rule: SecurityGroupRuleSpec, family: Family): string[] {
  if (rule.protocol === null || rule.protocol === 'any') return [];
  const protocol = protocolMatch(rule.protocol, family);
  const { port_range_min: min, port_range_max: max } = rule;
  const words = [`-p ${protocol}`];
  if (min === null) return words;
  if (protocol === 'icmp' || protocol === 'ipv6-icmp') {
    const [module, option] = protocol === 'icmp' ? ['icmp', '--icmp-type'] : ['icmp6', '--icmpv6-type'];
    return [...words, `-m ${module} ${option} ${min}${max === null ? '' : `/${max}`}`];
  }
  const module = portModules[protocol];
  const isOne = max === null || min === max;
  if (isOne && module !== undefined) return [...words, `-m ${module} --dport ${min}`];
  return [
    ...words,
    ...(module === undefined ? [] : [`-m ${module}`]),
    `-m multiport --dports ${isOne ? min : `${min}:${max}`}`,
  ];
}

/** Members of a group in one family as prefixes, each once; an ipset cannot hold /0, two halves stand for it. */
function memberNetworks(groups: SecurityGroupInfo, groupId: string, family: Family): string[] {
  const members = groups.sg_member_ips[groupId]?.[ethertype[family]] ?? [];
  const cidrs = members.map((member) => parseCidr(withLength(member))).filter((cidr) => cidr !== undefined);
  return [...new Set(cidrs.map(formatCidr))].flatMap((member) => {
    if (!member.endsWith('/0')) return [member];
    return family === 4 ? ['0.0.0.0/1', '128.0.0.0/1'] : ['::/1', '8000::/1'];
  });
}

/** The ipsets that the rules of these ports refer to. */
export function memberSets(
  specs: readonly Pick<DeviceSpec, 'security_groups'>[],
  groups: SecurityGroupInfo,
  families: readonly Family[],
): IpSet[] {
  const sets = new Map<string, IpSet>();
  const own = new Set(specs.flatMap((spec) => spec.security_groups));
  for (const rule of [...own].flatMap((id) => groups.security_groups[id] ?? [])) {
    const family: Family = rule.ethertype === 'IPv4' ? 4 : 6;
    if (rule.remote_group_id === null || !families.includes(family)) continue;
    const members = memberNetworks(groups, rule.remote_group_id, family);
    if (members.length === 0) continue;
    const name = setName(rule.remote_group_id, family);
    sets.set(name, {
      name,
      type: 'hash:net',
      family: family === 4 ? 'inet' : 'inet6',
      members: new Set(members.map((member) => member.replace(family === 4 ? /\/32$/ : /\/128$/, ''))),
    });
  }
  return [...sets.values()];
}
