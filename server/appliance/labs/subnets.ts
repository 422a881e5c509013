// Management addresses of a lab: a /24 that nothing else uses, one address per node.
import { createHash } from 'node:crypto';

/** First and last address of an IPv4 CIDR as numbers. */
function rangeOf(cidr: string): [number, number] {
  const [address = '', bits = '32'] = cidr.split('/');
  const first = address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
  const size = 2 ** (32 - Number(bits));
  const start = Math.floor(first / size) * size;
  return [start, start + size - 1];
}

const overlaps = (one: string, other: string) => {
  const [from, to] = rangeOf(one);
  const [otherFrom, otherTo] = rangeOf(other);
  return from <= otherTo && otherFrom <= to;
};

/**
 * Free management subnets, the first one derived from the lab's name so that a lab tends to keep its addresses.
 * `taken` are IPv4 CIDRs of the engine's networks and of the host's interfaces.
 */
export function* freeSubnets(lab: string, taken: string[]): Generator<string> {
  const used = taken.filter((cidr) => /^\d+\.\d+\.\d+\.\d+\/\d+$/.test(cidr));
  const start = createHash('sha256').update(lab).digest().readUInt16BE(0);
  const blocks = 4 * 256;
  for (let index = 0; index < blocks; index++) {
    const block = (start + index) % blocks;
    // Carrier-grade NAT space: neither the guide nor the usual private networks use it.
    const subnet = `100.${96 + Math.floor(block / 256)}.${block % 256}.0/24`;
    if (!used.some((cidr) => overlaps(cidr, subnet))) yield subnet;
  }
}

/** Node name to management address; .1 is the engine's. */
export function addressesIn(subnet: string, nodeNames: string[]): Record<string, string> {
  const prefix = subnet.slice(0, subnet.lastIndexOf('.'));
  return Object.fromEntries(nodeNames.map((name, index) => [name, `${prefix}.${11 + index}`]));
}
