// What a security group rule must be like by itself: protocol, ports, ICMP, prefix. Pure; in Neutron's words.
import { familyOf, formatCidr, parseCidr } from '../../../lib/cidr.ts';
import { badRequest } from '../../../lib/errors.ts';
import { pythonRepr, pythonStr } from '../../../lib/python-repr.ts';
import { neutronError } from '../../model/errors.ts';

/** Protocol names and their numbers (IANA). */
const numbers: Record<string, number> = {
  ah: 51,
  dccp: 33,
  egp: 8,
  esp: 50,
  gre: 47,
  icmp: 1,
  icmpv6: 58,
  igmp: 2,
  ipip: 4,
  'ipv6-encap': 41,
  'ipv6-frag': 44,
  'ipv6-icmp': 58,
  'ipv6-nonxt': 59,
  'ipv6-opts': 60,
  'ipv6-route': 43,
  ospf: 89,
  pgm: 113,
  rsvp: 46,
  sctp: 132,
  tcp: 6,
  udp: 17,
  udplite: 136,
  vrrp: 112,
};
const withPorts = ['dccp', 'sctp', 'tcp', 'udp', 'udplite'];
const onlyIpv6 = ['ipv6-encap', 'ipv6-frag', 'ipv6-nonxt', 'ipv6-opts', 'ipv6-route'];

export interface AskedRule {
  ethertype: unknown;
  protocol: unknown;
  port_range_min: unknown;
  port_range_max: unknown;
  remote_ip_prefix: unknown;
  remote_group_id: unknown;
  remote_address_group_id: unknown;
}

export interface RuleShape {
  ethertype: 'IPv4' | 'IPv6';
  protocol: string | null;
  port_range_min: number | null;
  port_range_max: number | null;
  remote_ip_prefix: string | null;
}

/** The rule with its values converted. Throws the API's 400. */
export function checkedRule(asked: AskedRule): RuleShape {
  const protocol = checkedProtocol(asked.protocol);
  const ethertype = checkedEthertype(asked.ethertype);
  const port_range_min = checkedPort(asked.port_range_min);
  const port_range_max = checkedPort(asked.port_range_max);
  const remote_ip_prefix = checkedPrefix(asked.remote_ip_prefix);
  const remotes = [remote_ip_prefix, asked.remote_group_id, asked.remote_address_group_id];
  if (remotes.filter((remote) => remote !== null).length > 1)
    throw neutronError('SecurityGroupMultipleRemoteEntites');
  checkPorts(asked.protocol, protocol, port_range_min, port_range_max);
  if (protocol !== null && onlyIpv6.includes(nameOf(protocol)) && ethertype !== 'IPv6')
    throw neutronError('SecurityGroupEthertypeConflictWithProtocol', { ethertype, protocol });
  if (remote_ip_prefix !== null && parseCidr(remote_ip_prefix)!.family !== (ethertype === 'IPv4' ? 4 : 6))
    throw neutronError('SecurityGroupRuleParameterConflict', { ethertype, cidr: remote_ip_prefix });
  return { ethertype, protocol, port_range_min, port_range_max, remote_ip_prefix };
}

function checkedProtocol(value: unknown): string | null {
  if (value === null || value === '') return null;
  const text = String(pythonStr(value)).toLowerCase();
  if (text === 'any') return null;
  if (/^\d+$/.test(text)) {
    const number = Number(text);
    if (number <= 255) return number === 0 ? null : String(number);
  } else if (Object.hasOwn(numbers, text)) return text;
  throw neutronError('SecurityGroupRuleInvalidProtocol', {
    protocol: pythonStr(value),
    values: pythonRepr([null, ...Object.keys(numbers), '']),
  });
}

function checkedEthertype(value: unknown): 'IPv4' | 'IPv6' {
  const known = (['IPv4', 'IPv6'] as const).find(
    (name) => name.toLowerCase() === String(value).toLowerCase(),
  );
  if (known !== undefined) return known;
  throw neutronError('SecurityGroupRuleInvalidEtherType', {
    ethertype: pythonStr(value),
    values: pythonRepr(['IPv4', 'IPv6']),
  });
}

function checkedPort(value: unknown): number | null {
  if (value === null || value === '') return null;
  const number = typeof value === 'string' && /^\s*[-+]?\d+\s*$/.test(value) ? Number(value) : value;
  if (typeof number === 'number' && Number.isInteger(number)) return number;
  throw neutronError('SecurityGroupInvalidPortValue', { port: pythonStr(value) });
}

function checkedPrefix(value: unknown): string | null {
  if (value === null || value === '') return null;
  if (typeof value === 'string') {
    const family = familyOf(value);
    const cidr = parseCidr(family === undefined ? value : `${value}/${family === 4 ? 32 : 128}`);
    if (cidr !== undefined) return formatCidr(cidr);
  }
  throw badRequest(
    `Invalid input for remote_ip_prefix. Reason: '${pythonStr(value)}' is not a valid IP subnet.`,
  );
}

/** The name of a protocol that may be given by number. */
const nameOf = (protocol: string): string =>
  Object.entries(numbers).find(([name, number]) => name === protocol || String(number) === protocol)?.[0] ??
  protocol;

/** Whether it is ICMP of either family, by name or number. */
export const isIcmp = (protocol: string): boolean =>
  ['icmp', 'icmpv6', 'ipv6-icmp'].includes(nameOf(protocol));

function checkPorts(asked: unknown, protocol: string | null, min: number | null, max: number | null): void {
  if (min === null && max === null) return;
  if (protocol === null) throw neutronError('SecurityGroupProtocolRequiredWithPorts');
  if (isIcmp(protocol)) return checkIcmp(min, max);
  if (!withPorts.includes(nameOf(protocol)))
    throw neutronError('SecurityGroupInvalidProtocolForPort', {
      protocol: pythonStr(asked),
      valid_port_protocols: `${withPorts.slice(0, -1).join(', ')} and ${withPorts.at(-1)}`,
    });
  for (const port of [min, max])
    if (port !== null && (port < 0 || port > 65535))
      throw neutronError('SecurityGroupInvalidPortValue', { port });
  const isRange = min !== null && max !== null && min <= max;
  if (!isRange) throw neutronError('SecurityGroupInvalidPortRange');
  if (min === 0 && nameOf(protocol) !== 'sctp')
    throw neutronError('SecurityGroupInvalidPortValue', { port: 0 });
}

/** For ICMP the range means type and code. */
function checkIcmp(type: number | null, code: number | null): void {
  const parts = [
    { field: 'type', attr: 'port_range_min', value: type },
    { field: 'code', attr: 'port_range_max', value: code },
  ];
  for (const { field, attr, value } of parts)
    if (value !== null && (value < 0 || value > 255))
      throw neutronError('SecurityGroupInvalidIcmpValue', { field, attr, value });
  if (type === null && code !== null) throw neutronError('SecurityGroupMissingIcmpType', { value: code });
}
