// Subnets that serve ports of certain owners only: which of a network's subnets a port may have addresses on.
import { CloudError } from '../../lib/errors.ts';
import { dhcpOwner } from '../model/device-owners.ts';
import type { Subnet } from '../model/subnet.ts';

const prefixes = ['network:', 'compute:', 'neutron:', 'baremetal:', 'manila:'];

/** Whether a port of the owner may have addresses on the subnet. DHCP ports serve every subnet. */
export const serves = ({ service_types }: Pick<Subnet, 'service_types'>, owner: string): boolean =>
  service_types.length === 0 || service_types.includes(owner) || owner === dhcpOwner;

/** The subnets that serve the owner, those made for it first. Throws 409 when there are subnets, but none for it. */
export function subnetsFor(
  all: readonly Subnet[],
  { network_id, device_owner }: { network_id: string; device_owner: string },
): readonly Subnet[] {
  if (all.every(({ service_types }) => service_types.length === 0)) return all;
  const fitting = all.filter((subnet) => serves(subnet, device_owner));
  if (fitting.length === 0)
    throw new CloudError(
      409,
      'IpAddressGenerationFailureNoMatchingSubnet',
      `No valid service subnet for the given device owner, network ${network_id}, service type ${device_owner}.`,
    );
  return fitting.toSorted(
    (one, other) => Number(one.service_types.length === 0) - Number(other.service_types.length === 0),
  );
}

/** Throws 400 for a type that is no owner of ports. */
export function checkServiceTypes(types: readonly string[]): void {
  for (const type of types)
    if (!prefixes.some((prefix) => type.startsWith(prefix)))
      throw new CloudError(
        400,
        'InvalidSubnetServiceType',
        `Subnet service type ${type} does not correspond to a valid device owner.`,
      );
}
