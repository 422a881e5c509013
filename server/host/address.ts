// IP addresses of devices. Changes are repeatable; lines (`...Args`) fit into one `ip -batch`.
import { changeIp, readIp, type IpArgs } from './ip.ts';

export interface Address {
  dev: string;
  /** Address with its prefix length: 192.168.101.1/24. */
  cidr: string;
  family: 4 | 6;
  scope: string;
  /** False while duplicate address detection has not ended. */
  isReady: boolean;
}

interface IpAddressInfo {
  ifname?: string;
  addr_info?: { family: string; local: string; prefixlen: number; scope: string; tentative?: boolean }[];
}

/** Addresses in a namespace, of one device or of all; link-local ones included (scope `link`). */
export async function readAddresses(ns?: string, dev?: string): Promise<Address[]> {
  return parseAddresses(await readIp(['address', 'show', ...(dev === undefined ? [] : ['dev', dev])], ns));
}

/** What `ip -j address show` says, in our words. */
export function parseAddresses(links: unknown[]): Address[] {
  return (links as IpAddressInfo[]).flatMap((link) =>
    (link.addr_info ?? [])
      .filter((info) => info.local !== undefined)
      .map((info) => ({
        dev: link.ifname!,
        cidr: `${info.local}/${info.prefixlen}`,
        family: info.family === 'inet6' ? (6 as const) : (4 as const),
        scope: info.scope,
        isReady: info.tentative !== true,
      })),
  );
}

/** Line that sets an address, with the subnet's broadcast address for IPv4. */
export const addAddressArgs = (dev: string, cidr: string): IpArgs => [
  ...['address', 'replace', cidr],
  ...(cidr.includes(':') ? ['nodad'] : cidr.endsWith('/32') ? [] : ['brd', '+']),
  ...['dev', dev],
];

export const removeAddressArgs = (dev: string, cidr: string): IpArgs => [
  'address',
  'delete',
  cidr,
  'dev',
  dev,
];

/** Sets an address; nothing to do where it is set. */
export const addAddress = (dev: string, cidr: string, ns?: string): Promise<void> =>
  changeIp(addAddressArgs(dev, cidr), ns, /File exists/);

/** Takes an address away; nothing to do where it is gone. */
export const removeAddress = (dev: string, cidr: string, ns?: string): Promise<void> =>
  changeIp(
    removeAddressArgs(dev, cidr),
    ns,
    /Cannot assign requested address|Cannot find device|No such device/,
  );
