// Addresses for ports: which subnet, which address, and the row that makes it be given once.
import { cidrOf, contains, toAddress, toNumber } from '../../lib/cidr.ts';
import { CloudError } from '../../lib/errors.ts';
import { floatingipOwner, isRouterPort } from '../model/device-owners.ts';
import { invalidInput, neutronError } from '../model/errors.ts';
import type { FixedIp } from '../model/specs.ts';
import type { Subnet } from '../model/subnet.ts';
import { ipAllocations, subnets as subnetTable } from '../store/networking-tables.ts';
import { lowestFree, portReleases } from './lowest-address.ts';
import { subnetsOf } from './rules/load.ts';
import { subnetsFor } from './subnet-service.ts';
import type { Work } from './work.ts';

/** What a caller may ask for: a subnet, an address, or both. */
export type AskedIp = Partial<FixedIp>;

/** The port that gets addresses. */
export interface Holder {
  id: string;
  network_id: string;
  mac_address: string;
  device_owner: string;
}

/** Guests on such a subnet make their own address from their MAC. */
export const isAutomatic = ({ ipv6_address_mode, ipv6_ra_mode }: Subnet): boolean =>
  [ipv6_address_mode, ipv6_ra_mode].some((mode) => mode === 'slaac' || mode === 'dhcpv6-stateless');

const choosesNever = (owner: string) => isRouterPort(owner) || owner === floatingipOwner;

/** Takes the addresses asked for, or one of every kind the network offers. Throws the API's 400, 404 or 409. */
export async function takeAddresses(
  work: Work,
  holder: Holder,
  asked?: readonly AskedIp[],
): Promise<FixedIp[]> {
  const taken: FixedIp[] = [];
  const { max_fixed_ips_per_port } = work.env.settings;
  if (
    asked !== undefined &&
    asked.length > max_fixed_ips_per_port &&
    !holder.device_owner.startsWith('network:')
  )
    throw invalidInput('Exceeded maximum amount of fixed ips per port');
  if (asked === undefined) {
    taken.push(...(await takeDefault(work, holder)));
  } else {
    // addresses that were named first, so that a free choice does not take them away
    const order = [...asked.entries()].sort(([, a], [, b]) => Number(!a.ip_address) - Number(!b.ip_address));
    for (const [position, wanted] of order) taken[position] = await takeOne(work, holder, wanted, position);
  }
  return taken;
}

async function takeDefault(work: Work, holder: Holder): Promise<FixedIp[]> {
  const all = subnetsFor(await subnetsOf(work, holder.network_id), holder);
  if (all.length === 0) return [];
  const taken: FixedIp[] = [];
  const automatic = all.filter((subnet) => isAutomatic(subnet) && !choosesNever(holder.device_owner));
  for (const family of [4, 6]) {
    const candidates = all.filter((subnet) => subnet.ip_version === family && !automatic.includes(subnet));
    if (candidates.length > 0) taken.push(await takeFromAny(work, holder, candidates, taken.length));
  }
  for (const subnet of automatic)
    taken.push(await keep(work, holder, subnet, eui64(subnet, holder.mac_address), taken.length));
  return taken;
}

async function takeFromAny(work: Work, holder: Holder, candidates: readonly Subnet[], position: number) {
  for (const subnet of candidates) {
    const free = await freeAddress(work, subnet);
    if (free !== undefined) return write(work, holder, subnet, free, position);
  }
  throw neutronError('IpAddressGenerationFailure', { net_id: holder.network_id });
}

async function takeOne(work: Work, holder: Holder, wanted: AskedIp, position: number): Promise<FixedIp> {
  const subnet = await subnetFor(work, holder, wanted);
  const { ip_address } = wanted;
  if (ip_address === undefined) {
    if (isAutomatic(subnet) && !choosesNever(holder.device_owner))
      return keep(work, holder, subnet, eui64(subnet, holder.mac_address), position);
    return takeFromAny(work, holder, [subnet], position);
  }
  if (!isHostAddress(subnet, ip_address)) throw neutronError('InvalidIpForSubnet', { ip_address });
  const isOwnChoice = isAutomatic(subnet) && !choosesNever(holder.device_owner);
  if (isOwnChoice && ip_address !== eui64(subnet, holder.mac_address))
    throw new CloudError(
      400,
      'AllocationOnAutoAddressSubnet',
      `IPv6 address ${ip_address} cannot be directly assigned to a port on subnet ${subnet.id} as the subnet is configured for automatic addresses`,
    );
  return keep(work, holder, subnet, ip_address, position);
}

/** The subnet named, or the one that holds the address. */
async function subnetFor(work: Work, holder: Holder, { subnet_id, ip_address }: AskedIp): Promise<Subnet> {
  const all = subnetsFor(await subnetsOf(work, holder.network_id), holder);
  if (subnet_id !== undefined) {
    const named = all.find(({ id }) => id === subnet_id);
    if (named !== undefined) return named;
    if ((await work.rows.find(subnetTable, { id: subnet_id })) === undefined)
      throw neutronError('SubnetNotFound', { subnet_id });
    throw invalidInput(
      `Failed to create port on network ${holder.network_id}, because fixed_ips included invalid subnet ${subnet_id}`,
    );
  }
  if (ip_address === undefined) throw invalidInput('IP allocation requires subnet_id or ip_address');
  const holding = all.find(({ cidr }) => contains(cidrOf(cidr!), ip_address));
  if (holding === undefined) throw neutronError('InvalidIpForNetwork', { ip_address });
  return holding;
}

/** In the prefix, and neither the network nor the broadcast address. */
export function isHostAddress(subnet: Pick<Subnet, 'cidr'>, address: string): boolean {
  const cidr = cidrOf(subnet.cidr!);
  if (!contains(cidr, address)) return false;
  if (cidr.family === 6 || cidr.prefix >= 31) return cidr.prefix >= 127 || toNumber(address) !== cidr.first;
  const number = toNumber(address);
  return number !== cidr.first && number !== cidr.last;
}

/** Takes an address that was named; 409 when somebody has it. */
async function keep(
  work: Work,
  holder: Holder,
  subnet: Subnet,
  ip_address: string,
  position: number,
): Promise<FixedIp> {
  const subnet_id = subnet.id;
  if ((await work.rows.find(ipAllocations, { subnet_id, ip_address })) !== undefined)
    throw neutronError('IpAddressAlreadyAllocated', { ip: ip_address, subnet_id });
  return write(work, holder, subnet, ip_address, position);
}

/** Writes the allocation of an address that was found free; whoever took it meanwhile makes the unit of work begin again. */
async function write(
  work: Work,
  holder: Holder,
  subnet: Subnet,
  ip_address: string,
  position: number,
): Promise<FixedIp> {
  const subnet_id = subnet.id;
  const distance = Number(toNumber(ip_address) - cidrOf(subnet.cidr!).first);
  await work.rows.insert(ipAllocations, {
    subnet_id,
    ip_address,
    network_id: holder.network_id,
    port_id: holder.id,
    position,
    distance: Number.isSafeInteger(distance) ? distance : null,
  });
  return { subnet_id, ip_address };
}

/** The lowest free address of the pools; undefined when they are used up. */
export async function freeAddress(work: Work, subnet: Subnet): Promise<string | undefined> {
  const cidr = cidrOf(subnet.cidr!);
  for (const { start, end } of subnet.allocation_pools) {
    const first = Number(toNumber(start) - cidr.first);
    const last = toNumber(end) - cidr.first;
    const free = await lowestFree(work, subnet.id, { first, last });
    if (free !== undefined) return toAddress(cidr.first + BigInt(free), cidr.family);
  }
  return undefined;
}

/** The address a guest makes from its MAC in a /64 (RFC 4291, appendix A). */
export function eui64(subnet: Pick<Subnet, 'cidr'>, mac: string): string {
  const bytes = mac.split(':').map((byte) => parseInt(byte, 16));
  const identifier = [bytes[0]! ^ 2, bytes[1]!, bytes[2]!, 0xff, 0xfe, bytes[3]!, bytes[4]!, bytes[5]!];
  const number = identifier.reduce((sum, byte) => (sum << 8n) + BigInt(byte), 0n);
  return toAddress(cidrOf(subnet.cidr!).first + number, 6);
}

/**
 * What a change of a port asks for (nothing: the addresses it has), together with its automatic addresses: these cannot be given
 * back, and are those that the MAC makes now.
 */
export async function withAutomatic(
  work: Work,
  holder: Holder,
  asked: readonly AskedIp[] | undefined,
): Promise<readonly AskedIp[]> {
  const held = await addressesOf(work, holder.id);
  const automatic = (await subnetsOf(work, holder.network_id)).filter(
    (subnet) => isAutomatic(subnet) && held.some(({ subnet_id }) => subnet_id === subnet.id),
  );
  if (isRouterPort(holder.device_owner) || automatic.length === 0) return asked ?? held;
  const own = automatic.map((subnet) => ({
    subnet_id: subnet.id,
    ip_address: eui64(subnet, holder.mac_address),
  }));
  const others = asked ?? held.filter(({ subnet_id }) => !own.some((one) => one.subnet_id === subnet_id));
  return [...others.filter((item) => !own.some((address) => isMeant(item, address))), ...own];
}

/** Whether an address is (one of) what was asked for. */
const isMeant = (asked: AskedIp, address: FixedIp): boolean =>
  (asked.ip_address ?? asked.subnet_id) !== undefined &&
  (asked.ip_address ?? address.ip_address) === address.ip_address &&
  (asked.subnet_id ?? address.subnet_id) === address.subnet_id;

/** Makes the port's addresses those asked for; addresses that stay are not touched. Tells what was there before. */
export async function replaceAddresses(
  work: Work,
  holder: Holder,
  asked: readonly AskedIp[],
): Promise<{ before: FixedIp[]; after: FixedIp[] }> {
  const before = await addressesOf(work, holder.id);
  const rest = [...before];
  const staying = asked.map((wanted) => {
    const at = rest.findIndex((address) => isMeant(wanted, address));
    return at < 0 ? undefined : rest.splice(at, 1)[0];
  });
  if (rest.length > 0) await portReleases(work, holder.id);
  for (const { subnet_id, ip_address } of rest)
    await work.rows.remove(ipAllocations, { subnet_id, ip_address });
  const wanted = asked.map((item, index) => staying[index] ?? item);
  if (wanted.length > work.env.settings.max_fixed_ips_per_port && !holder.device_owner.startsWith('network:'))
    throw invalidInput('Exceeded maximum amount of fixed ips per port');
  const after: FixedIp[] = [];
  for (const [position, item] of wanted.entries()) {
    const stayed = staying[position];
    if (stayed !== undefined) await work.rows.update(ipAllocations, stayed, { position });
    after.push(stayed ?? (await takeOne(work, holder, item, position)));
  }
  return { before, after };
}

/** The port's addresses in their order. */
export async function addressesOf(work: Work, port_id: string): Promise<FixedIp[]> {
  const found = await work.rows.all(ipAllocations, { port_id }, { orderBy: [{ column: 'position' }] });
  return found.map(({ subnet_id, ip_address }) => ({ subnet_id, ip_address }));
}
