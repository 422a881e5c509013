// The address that a device gives itself. Pure.
import { canonicalAddress } from '../../../lib/cidr.ts';

/** The link-local address that a device makes of its MAC (EUI-64). */
export function linkLocalOf(mac: string): string {
  const bytes = mac.split(':').map((byte) => Number.parseInt(byte, 16));
  const eui = [bytes[0]! ^ 2, bytes[1]!, bytes[2]!, 0xff, 0xfe, bytes[3]!, bytes[4]!, bytes[5]!];
  const groups = [0, 2, 4, 6].map((at) => ((eui[at]! << 8) | eui[at + 1]!).toString(16));
  return canonicalAddress(`fe80::${groups.join(':')}`);
}
