// Arithmetic on addresses and prefixes of both families, as big integers. Text is read by ip-cidr.
import { isIP } from 'node:net';
import IPCIDR from 'ip-cidr';

export type Family = 4 | 6;

export interface Cidr {
  family: Family;
  prefix: number;
  /** The network address and the last address of the prefix. */
  first: bigint;
  last: bigint;
}

const bits = { 4: 32, 6: 128 } as const;

/** Family of an address in text, or undefined when it is none (a zone index is refused too). */
export function familyOf(address: string): Family | undefined {
  const family = address.includes('%') ? 0 : isIP(address);
  return family === 0 ? undefined : (family as Family);
}

/** The number of a valid address; see `familyOf` for validity. */
export function toNumber(address: string): bigint {
  if (isIP(address) === 4)
    return BigInt(address.split('.').reduce((sum, octet) => sum * 256 + Number(octet), 0));
  return BigInt(IPCIDR.createAddress(withoutDots(address)).bigInteger().toString());
}

/** `::ffff:10.0.0.1` as `::ffff:a00:1`: ip-cidr would take it for the IPv4 address inside. */
function withoutDots(address: string): string {
  const at = address.lastIndexOf(':') + 1;
  const tail = address.slice(at);
  if (!tail.includes('.')) return address;
  const number = Number(toNumber(tail));
  return `${address.slice(0, at)}${(number >>> 16).toString(16)}:${(number & 0xffff).toString(16)}`;
}

/** The address of a number, IPv6 in its shortest form. */
export function toAddress(number: bigint, family: Family): string {
  if (family === 4) return [24n, 16n, 8n, 0n].map((shift) => (number >> shift) & 255n).join('.');
  const groups = Array.from({ length: 8 }, (_, index) =>
    ((number >> BigInt(16 * (7 - index))) & 0xffffn).toString(16),
  );
  return shortened(groups);
}

/** An address in its one canonical spelling. */
export function canonicalAddress(address: string): string {
  const family = familyOf(address);
  if (family === undefined) return address;
  return family === 4 ? address : toAddress(toNumber(address), 6);
}

/** Reads `address/prefix`; undefined when it is not one. Host bits may be set: `first` has them cleared. */
export function parseCidr(text: string): Cidr | undefined {
  const match = /^([^/]+)\/(\d{1,3})$/.exec(text);
  if (match === null) return undefined;
  const family = familyOf(match[1]!);
  const prefix = Number(match[2]);
  if (family === undefined || prefix > bits[family]) return undefined;
  const hostBits = BigInt(bits[family] - prefix);
  const first = (toNumber(match[1]!) >> hostBits) << hostBits;
  return { family, prefix, first, last: first + (1n << hostBits) - 1n };
}

/** As `parseCidr`, for text that was checked before. */
export function cidrOf(text: string): Cidr {
  const cidr = parseCidr(text);
  if (cidr === undefined) throw new Error(`'${text}' is not a CIDR`);
  return cidr;
}

/** The prefix with its network address, in canonical spelling. */
export const formatCidr = (cidr: Cidr): string => `${toAddress(cidr.first, cidr.family)}/${cidr.prefix}`;

/** Whether an address lies in a prefix; false across families. */
export function contains(cidr: Cidr, address: string): boolean {
  if (familyOf(address) !== cidr.family) return false;
  const number = toNumber(address);
  return number >= cidr.first && number <= cidr.last;
}

/** Whether two prefixes share an address. */
export const overlaps = (one: Cidr, other: Cidr): boolean =>
  one.family === other.family && one.first <= other.last && other.first <= one.last;

/** The longest run of zero groups becomes `::` (RFC 5952). */
function shortened(groups: string[]): string {
  let best = { start: -1, length: 1 };
  for (let start = 0; start < 8; start++) {
    let length = 0;
    while (groups[start + length] === '0') length++;
    if (length > best.length) best = { start, length };
  }
  if (best.start < 0) return groups.join(':');
  const head = groups.slice(0, best.start).join(':');
  return `${head}::${groups.slice(best.start + best.length).join(':')}`;
}
