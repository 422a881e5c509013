// Permanent neighbours: MAC addresses that need not be asked for. Lines (`...Args`) fit into one `ip -batch`.
import type { IpArgs } from './ip.ts';

export interface Neighbour {
  dev: string;
  address: string;
  mac: string;
  /** Who made it: 'static' for an agent; undefined: not said. */
  protocol?: string;
}

interface IpNeighbour {
  dst: string;
  dev: string;
  lladdr?: string;
  protocol?: string;
}

/** What `ip -j neighbour show nud permanent` says, in our words. */
export const parseNeighbours = (neighbours: unknown[]): Neighbour[] =>
  (neighbours as IpNeighbour[])
    .filter((item) => item.dst !== undefined)
    .map(({ dst, dev, lladdr = '', protocol }) => ({
      ...{ dev, address: dst, mac: lladdr },
      ...(protocol === undefined ? {} : { protocol }),
    }));

export const replaceNeighbourArgs = ({ dev, address, mac, protocol }: Neighbour): IpArgs => [
  ...['neighbour', 'replace', address, 'lladdr', mac, 'dev', dev, 'nud', 'permanent'],
  ...(protocol === undefined ? [] : ['protocol', protocol]),
];

export const removeNeighbourArgs = ({ dev, address }: Neighbour): IpArgs => [
  'neighbour',
  'delete',
  address,
  'dev',
  dev,
];
