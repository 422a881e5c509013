// Who lives on the subnets of distributed routers: their hosts know all of them beforehand, so that no ARP leaves a host.
import { interfaceOwners } from '../../model/device-owners.ts';
import { cidrOf, contains, familyOf } from '../../../lib/cidr.ts';
import type { NeighbourSpec } from '../../model/specs.ts';
import type { Subnet } from '../../model/subnet.ts';
import { ipAllocations, ports } from '../../store/networking-tables.ts';
import type { Rows } from '../../store/rows.ts';

/**
 * By subnet: addresses of ports, and of allowed address pairs that name a single address. An address that several ports
 * may send from moves between them, so nothing is said of it beforehand.
 */
export async function neighboursOf(
  rows: Rows,
  list: readonly Subnet[],
): Promise<Map<string, NeighbourSpec[]>> {
  const held = await rows.all(ipAllocations, { subnet_id: list.map(({ id }) => id) });
  const there = await rows.all(ports, { id: [...new Set(held.map(({ port_id }) => port_id))] });
  const portBy = new Map(there.map((port) => [port.id, port]));
  const found: NeighbourSpec[] = held.flatMap(({ subnet_id, ip_address, port_id }) => {
    const port = portBy.get(port_id);
    if (port === undefined || interfaceOwners.includes(port.device_owner)) return [];
    return [{ subnet_id, ip_address, mac_address: port.mac_address }];
  });
  const subnetsBy = Map.groupBy(list, ({ network_id }) => network_id);
  const pairs = there.flatMap((port) =>
    port.allowed_address_pairs.flatMap(({ ip_address, mac_address }) => {
      const address = singleAddress(ip_address!);
      const subnet = subnetsBy
        .get(port.network_id)
        ?.find(({ cidr }) => address !== undefined && contains(cidrOf(cidr!), address));
      return subnet === undefined
        ? []
        : [{ subnet_id: subnet.id, ip_address: address!, mac_address: mac_address! }];
    }),
  );
  const claims = Map.groupBy(
    [...found, ...pairs],
    ({ subnet_id, ip_address }) => `${subnet_id} ${ip_address}`,
  );
  const certain = [...claims.values()].flatMap((claimed) => {
    const isOne = new Set(claimed.map(({ mac_address }) => mac_address)).size === 1;
    return isOne ? [claimed[0]!] : [];
  });
  certain.sort((one, other) => (one.ip_address < other.ip_address ? -1 : 1));
  return Map.groupBy(certain, ({ subnet_id }) => subnet_id);
}

function singleAddress(text: string): string | undefined {
  const [address = '', prefix] = text.split('/');
  const family = familyOf(address);
  const isWhole = prefix === undefined || Number(prefix) === (family === 4 ? 32 : 128);
  return family !== undefined && isWhole ? address : undefined;
}
