// MAC addresses for ports: the configured prefix, the rest at random, once per network.
import { randomBytes } from 'node:crypto';
import { neutronError } from '../model/errors.ts';
import { ports } from '../store/networking-tables.ts';
import type { Work } from './work.ts';

const attempts = 16;

/** A MAC address that no port of the network has: three (or four, if the fourth is not zero) octets of `base_mac`. */
export async function freshMac(work: Work, net_id: string): Promise<string> {
  for (let attempt = 0; attempt < attempts; attempt++) {
    const mac_address = randomMac(work.env.settings.base_mac);
    if ((await work.rows.count(ports, { network_id: net_id, mac_address })) === 0) return mac_address;
  }
  throw neutronError('MacAddressGenerationFailure', { net_id });
}

/** An address with the fixed octets of `base`. */
export function randomMac(base: string): string {
  const octets = base.toLowerCase().split(':');
  const fixed = octets[3] === '00' ? 3 : 4;
  const random = [...randomBytes(6 - fixed)].map((byte) => byte.toString(16).padStart(2, '0'));
  return [...octets.slice(0, fixed), ...random].join(':');
}
