// Who may send what from a port: port security, its groups and its allowed address pairs, which depend on each other.
import { canonicalAddress, familyOf, parseCidr, formatCidr } from '../../../lib/cidr.ts';
import { badRequest, CloudError } from '../../../lib/errors.ts';
import { neutronError } from '../../model/errors.ts';
import { groupBindings, securityGroups } from '../../store/networking-tables.ts';
import { sharedWith } from '../sharing.ts';
import type { Work } from '../work.ts';

type Pair = { ip_address?: string; mac_address?: string };

/** Ports of the network service itself are trusted. */
export const isTrusted = (device_owner: string): boolean => device_owner.startsWith('network:');

/** Address pairs as they are kept: canonical address, the port's MAC where none is given. Throws 400 and 409. */
export function checkedPairs(
  work: Work,
  pairs: readonly Pair[],
  { mac_address, port_security_enabled }: { mac_address: string; port_security_enabled: boolean },
): { mac_address: string; ip_address: string }[] {
  if (pairs.length > 0 && !port_security_enabled) throw neutronError('AddressPairAndPortSecurityRequired');
  const quota = work.env.settings.max_allowed_address_pair;
  if (pairs.length > quota) throw neutronError('AllowedAddressPairExhausted', { quota });
  const seen = new Set<string>();
  return pairs.map((pair) => {
    if (pair.ip_address === undefined) throw neutronError('AllowedAddressPairsMissingIP');
    const full = {
      mac_address: pair.mac_address ?? mac_address,
      ip_address: addressOrPrefix(pair.ip_address),
    };
    const key = `${full.mac_address} ${full.ip_address}`;
    if (seen.has(key)) throw neutronError('DuplicateAddressPairInRequest', full);
    seen.add(key);
    return full;
  });
}

function addressOrPrefix(text: string): string {
  if (familyOf(text) !== undefined) return canonicalAddress(text);
  const cidr = parseCidr(text);
  if (cidr !== undefined) return formatCidr(cidr);
  const kind = text.includes('/') ? 'IP subnet' : 'IP address';
  throw badRequest(`Invalid input for allowed_address_pairs. Reason: '${text}' is not a valid ${kind}.`);
}

/**
 * The groups exist, are the owner's or shared with him (an administrator may take any), and agree on whether connections are
 * tracked. Throws 404 and 409.
 */
export async function checkGroups(work: Work, ids: readonly string[], tenant_id: string): Promise<void> {
  if (ids.length === 0) return;
  const found = await work.rows.all(securityGroups, { id: ids });
  const foreign = found.filter((group) => !work.context.is_admin && group.tenant_id !== tenant_id);
  const shared = await sharedWith(
    work.rows,
    foreign.map(({ id }) => id),
    tenant_id,
  );
  const unusable = new Set(foreign.map(({ id }) => id).filter((id) => !shared.has(id)));
  const missing = ids.find((id) => unusable.has(id) || !found.some((group) => group.id === id));
  if (missing !== undefined) throw neutronError('SecurityGroupNotFound', { id: missing });
  if (new Set(found.map(({ stateful }) => stateful)).size > 1)
    throw new CloudError(
      409,
      'SecurityGroupConflict',
      'Error Cannot apply both stateful and stateless security groups on the same port at the same time while attempting the operation.',
    );
}

/** Makes the port's groups these. */
export async function bindGroups(work: Work, port_id: string, ids: readonly string[]): Promise<void> {
  await work.rows.remove(groupBindings, { port_id });
  await addGroups(work, port_id, ids);
}

/** Gives groups to a port that has none of them. */
export async function addGroups(work: Work, port_id: string, ids: readonly string[]): Promise<void> {
  if (ids.length > 0)
    await work.rows.insert(
      groupBindings,
      ids.map((security_group_id) => ({ port_id, security_group_id })),
    );
}

/** The port's groups, in the order of their ids. */
export async function groupsOf(work: Work, port_id: string): Promise<string[]> {
  const bound = await work.rows.all(
    groupBindings,
    { port_id },
    { orderBy: [{ column: 'security_group_id' }] },
  );
  return bound.map(({ security_group_id }) => security_group_id);
}
