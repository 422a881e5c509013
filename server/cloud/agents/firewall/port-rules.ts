// The rules of one guarded port: address checks, DHCP, neighbour discovery, then what its security groups allow. Pure.
import { canonicalAddress, familyOf, formatCidr, parseCidr } from '../../../lib/cidr.ts';
import type { DeviceSpec, SecurityGroupInfo } from '../../model/specs.ts';
import { allowRules } from './group-rules.ts';
import { linkLocalOf } from './link-local.ts';

export type Family = 4 | 6;

export const comment = (text: string) => `-m comment --comment "${text}"`;

const established = `-m state --state RELATED,ESTABLISHED ${comment('Direct packets associated with a known session to the RETURN chain.')} -j RETURN`;
const invalid = `-m state --state INVALID ${comment('Drop packets that appear related to an existing connection (e.g. TCP ACK/FIN) but do not have an entry in conntrack.')} -j DROP`;
const fallback = (chain: string) => `${comment('Send unmatched traffic to the fallback chain.')} -j ${chain}`;
const icmp6 = (type: number) => `-p ipv6-icmp -m icmp6 --icmpv6-type ${type}`;
const udp = (from: number, to: number) => `-p udp -m udp --sport ${from} --dport ${to}`;
const clientTraffic = comment('Allow DHCP client traffic.');
const noServer = comment('Prevent DHCP Spoofing by VM.');

export interface PortTraffic {
  spec: DeviceSpec;
  family: Family;
  groups: SecurityGroupInfo;
  usesIpset: boolean;
  /** Rule that leads to the port's address checks; undefined without any. */
  spoofJump: string | undefined;
  /** Chain that drops what no rule allowed. */
  fallback: string;
}

/** Rules of the port's i and o chains. */
export function trafficOfPort(port: PortTraffic): { incoming: string[]; outgoing: string[] } {
  const incoming = allowRules(port, 'ingress');
  const outgoing = allowRules(port, 'egress');
  const spoof = port.spoofJump === undefined ? [] : [port.spoofJump];
  const tail = [invalid, fallback(port.fallback)];
  const dhcpHosts = addressesOf(port.spec.fixed_ips, port.family);
  if (port.family === 4)
    return {
      incoming: [
        established,
        ...[...dhcpHosts, '255.255.255.255/32'].map((host) => `-d ${host} ${udp(67, 68)} -j RETURN`),
        ...incoming,
        ...tail,
      ],
      outgoing: [
        `-s 0.0.0.0/32 -d 255.255.255.255/32 ${udp(68, 67)} ${clientTraffic} -j RETURN`,
        ...spoof,
        `${udp(68, 67)} ${clientTraffic} -j RETURN`,
        `${udp(67, 68)} ${noServer} -j DROP`,
        established,
        ...outgoing,
        ...tail,
      ],
    };
  return {
    incoming: [
      ...[130, 135, 136].map((type) => `${icmp6(type)} -j RETURN`),
      established,
      ...(port.spec.ra_sources ?? []).map((router) => `-s ${router}/128 ${icmp6(134)} -j RETURN`),
      ...[...dhcpHosts, 'fe80::/64'].map((host) => `-d ${host} ${udp(547, 546)} -j RETURN`),
      ...incoming,
      ...tail,
    ],
    outgoing: [
      ...[131, 135, 143].map(
        (type) => `-s ::/128 -d ff02::/16 ${icmp6(type)} ${comment('Allow IPv6 ICMP traffic.')} -j RETURN`,
      ),
      ...spoof,
      `${icmp6(134)} ${comment('Drop IPv6 Router Advts from VM Instance.')} -j DROP`,
      `-p ipv6-icmp ${comment('Allow IPv6 ICMP traffic.')} -j RETURN`,
      `${udp(546, 547)} ${clientTraffic} -j RETURN`,
      `${udp(547, 546)} ${noServer} -j DROP`,
      established,
      ...outgoing,
      ...tail,
    ],
  };
}

/** Rules of the port's s chain: which address may come with which MAC; undefined where the family has none. */
export function spoofChain(spec: DeviceSpec, family: Family): string[] | undefined {
  const named = [
    ...spec.allowed_address_pairs,
    ...spec.fixed_ips.map(({ ip_address }) => ({ ip_address, mac_address: spec.mac_address })),
  ];
  const pairs = named
    .filter(({ ip_address }) => familyOf(ip_address.split('/')[0]!) === family)
    .map(({ ip_address, mac_address }) => ({
      source: withPrefix(ip_address),
      mac: mac_address || spec.mac_address,
    }));
  if (family === 6 && pairs.length > 0)
    for (const mac of new Set(pairs.map((pair) => pair.mac)))
      pairs.push({ source: `${linkLocalOf(mac)}/128`, mac });
  const isBare = spec.fixed_ips.length === 0;
  if (pairs.length === 0 && !isBare) return undefined;
  const allow = comment('Allow traffic from defined IP/MAC pairs.');
  const rules = pairs.map(({ source, mac }) => {
    const from = source.endsWith('/0') ? '' : `-s ${source} `;
    return `${from}-m mac --mac-source ${mac.toLowerCase()} ${allow} -j RETURN`;
  });
  // A port without any address is known by its MAC alone.
  if (isBare) rules.push(`-m mac --mac-source ${spec.mac_address.toLowerCase()} ${allow} -j RETURN`);
  return [...new Set(rules), `${comment('Drop traffic without an IP/MAC allow rule.')} -j DROP`];
}

const addressesOf = (fixedIps: DeviceSpec['fixed_ips'], family: Family): string[] =>
  fixedIps
    .map(({ ip_address }) => ip_address)
    .filter((ip) => familyOf(ip) === family)
    .map(withPrefix);

/** An address or prefix with its prefix length and without host bits, as iptables-save prints it. */
export function withPrefix(address: string): string {
  const cidr = parseCidr(address);
  if (cidr !== undefined) return formatCidr(cidr);
  return familyOf(address) === 6 ? `${canonicalAddress(address)}/128` : `${address}/32`;
}
