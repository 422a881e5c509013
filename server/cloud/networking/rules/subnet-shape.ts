// What a subnet must be like by itself: prefix, gateway, pools, routes, IPv6 modes. Pure; in Neutron's words.
import {
  cidrOf,
  contains,
  familyOf,
  formatCidr,
  parseCidr,
  toAddress,
  toNumber,
  type Cidr,
} from '../../../lib/cidr.ts';
import { invalidInput, neutronError } from '../../model/errors.ts';
import type { Subnet } from '../../model/subnet.ts';
import { isHostAddress } from '../ipam.ts';
import type { Settings } from '../settings.ts';

export type Pool = { start: string; end: string };

/** The prefix in canonical form. */
export function checkedCidr(text: string, ip_version: 4 | 6): string {
  const cidr = parseCidr(text);
  if (cidr === undefined) throw invalidInput(`${text} is not in a CIDR format`);
  checkFamily('cidr', text, ip_version);
  if (cidr.prefix === 0)
    throw invalidInput(`Invalid CIDR ${text} for subnet: a prefix length of 0 is not allowed`);
  return formatCidr(cidr);
}

/** Refuses an address or prefix of the other family. */
export function checkFamily(name: string, text: string, ip_version: 4 | 6): void {
  if (familyOf(text.split('/')[0]!) !== ip_version)
    throw invalidInput(`${name} '${text}' does not match the ip_version '${ip_version}'`);
}

/** The first host address: what a gateway is when nobody says. */
export function defaultGateway(cidr: Cidr): string {
  const isTiny = cidr.first === cidr.last;
  return toAddress(isTiny ? cidr.first : cidr.first + 1n, cidr.family);
}

/** A gateway must be a host of the subnet; IPv6 may also use a link-local one. */
export function checkGateway(gateway_ip: string, cidr: string, ip_version: 4 | 6): void {
  checkFamily('gateway_ip', gateway_ip, ip_version);
  const isLinkLocal = ip_version === 6 && contains(cidrOf('fe80::/10'), gateway_ip);
  if (!isLinkLocal && !isHostAddress({ cidr }, gateway_ip))
    throw invalidInput('Gateway is not valid on subnet');
}

/** Every host address but the gateway's. */
export function defaultPools(cidr: Cidr, gateway_ip: string | null): Pool[] {
  const isPlain = cidr.family === 6 || cidr.last - cidr.first < 2n;
  const first =
    cidr.last === cidr.first ? cidr.first : isPlain && cidr.family === 4 ? cidr.first : cidr.first + 1n;
  const last = isPlain ? cidr.last : cidr.last - 1n;
  const gateway = gateway_ip !== null && contains(cidr, gateway_ip) ? toNumber(gateway_ip) : undefined;
  const ranges: [bigint, bigint][] =
    gateway === undefined
      ? [[first, last]]
      : [
          [first, gateway - 1n],
          [gateway + 1n, last],
        ];
  return ranges
    .map(([from, to]) => [from < first ? first : from, to] as const)
    .filter(([from, to]) => from <= to)
    .map(([from, to]) => ({ start: toAddress(from, cidr.family), end: toAddress(to, cidr.family) }));
}

/** Pools must lie in the prefix, apart from each other and from the gateway. */
export function checkPools(pools: readonly Pool[], subnet_cidr: string, gateway_ip: string | null): void {
  const cidr = cidrOf(subnet_cidr);
  const sorted = pools
    .map((pool) => ({
      text: `${pool.start}-${pool.end}`,
      pool,
      start: toNumber(pool.start),
      end: toNumber(pool.end),
    }))
    .sort((one, other) => (one.start < other.start ? -1 : 1));
  for (const { text, pool, start, end } of sorted) {
    const isRight =
      familyOf(pool.start) === cidr.family && familyOf(pool.end) === cidr.family && start <= end;
    if (!isRight) throw neutronError('InvalidAllocationPool', { pool: text });
    if (!isHostAddress({ cidr: subnet_cidr }, pool.start) || !isHostAddress({ cidr: subnet_cidr }, pool.end))
      throw neutronError('OutOfBoundsAllocationPool', { pool: text, subnet_cidr });
  }
  for (const [index, one] of sorted.entries()) {
    const next = sorted[index + 1];
    if (next !== undefined && next.start <= one.end)
      throw neutronError('OverlappingAllocationPools', { pool_1: one.text, pool_2: next.text, subnet_cidr });
  }
  checkGatewayOutside(pools, gateway_ip);
}

/** The gateway's address must not be one that ports may get. */
export function checkGatewayOutside(pools: readonly Pool[], gateway_ip: string | null): void {
  if (gateway_ip === null) return;
  const number = toNumber(gateway_ip);
  for (const { start, end } of pools)
    if (familyOf(gateway_ip) === familyOf(start) && number >= toNumber(start) && number <= toNumber(end))
      throw neutronError('GatewayConflictWithAllocationPools', {
        ip_address: gateway_ip,
        pool: `${start}-${end}`,
      });
}

type Announced = Pick<Subnet, 'dns_nameservers' | 'host_routes'>;

/** DNS servers and routes: no doubles, of the subnet's family, not too many. */
export function checkAnnounced(
  { dns_nameservers, host_routes }: Partial<Announced>,
  { subnet_id, ip_version, settings }: { subnet_id: string; ip_version: 4 | 6; settings: Settings },
): void {
  for (const server of dns_nameservers ?? []) checkFamily('dns_nameserver', server, ip_version);
  const doubled = dns_nameservers?.find((server, index) => dns_nameservers.indexOf(server) < index);
  if (doubled !== undefined) throw invalidInput(`Duplicate nameserver '${doubled}'`);
  if ((dns_nameservers?.length ?? 0) > settings.max_dns_nameservers)
    throw neutronError('DNSNameServersExhausted', { subnet_id, quota: settings.max_dns_nameservers });
  for (const { destination, nexthop } of host_routes ?? []) {
    checkFamily('host_route destination', destination, ip_version);
    checkFamily('host_route nexthop', nexthop, ip_version);
  }
  if ((host_routes?.length ?? 0) > settings.max_subnet_host_routes)
    throw neutronError('HostRoutesExhausted', { subnet_id, quota: settings.max_subnet_host_routes });
}

type Modes = Pick<Subnet, 'ip_version' | 'ipv6_ra_mode' | 'ipv6_address_mode' | 'enable_dhcp'>;

/** IPv6 modes: only there, only with DHCP, both the same; automatic addresses need a /64. */
export function checkIpv6Modes(
  { ip_version, ipv6_ra_mode, ipv6_address_mode, enable_dhcp }: Modes,
  cidr: string,
): void {
  if (ipv6_ra_mode === null && ipv6_address_mode === null) return;
  if (ip_version === 4) {
    const name = ipv6_ra_mode === null ? 'ipv6_address_mode' : 'ipv6_ra_mode';
    throw invalidInput(`${name} is not valid when ip_version is 4`);
  }
  if (!enable_dhcp)
    throw invalidInput('ipv6_ra_mode or ipv6_address_mode cannot be set when enable_dhcp is set to False');
  if (ipv6_ra_mode !== null && ipv6_address_mode !== null && ipv6_ra_mode !== ipv6_address_mode)
    throw invalidInput(
      `ipv6_ra_mode set to '${ipv6_ra_mode}' with ipv6_address_mode set to '${ipv6_address_mode}' is not valid. ` +
        'If both attributes are set, they must be the same value',
    );
  const mode = ipv6_address_mode ?? ipv6_ra_mode;
  if ((mode === 'slaac' || mode === 'dhcpv6-stateless') && cidrOf(cidr).prefix !== 64)
    throw invalidInput(
      `Invalid CIDR ${cidr} for IPv6 address mode. OpenStack uses the EUI-64 address format, which requires the prefix to be /64`,
    );
}
