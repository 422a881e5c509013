// Tagged networks: a VLAN id on a physical network.
import { invalidInput, neutronError } from '../../../../model/errors.ts';
import { segmentAllocations } from '../../../../store/networking-tables.ts';
import type { TypeDriver } from '../type-driver.ts';

/** VLAN ids for tenant networks by physical network; a network without ranges is for administrators only. */
export type VlanRanges = Map<string, { first: number; last: number }[]>;

/** Reads `network_vlan_ranges`: `physnet1`, `physnet2:100:110`. Throws naming the entry that is wrong. */
export function parseVlanRanges(entries: readonly string[]): VlanRanges {
  const ranges: VlanRanges = new Map();
  for (const entry of entries) {
    const [physicalNetwork, first, last, ...more] = entry.trim().split(':');
    if (!physicalNetwork || more.length > 0 || (first === undefined) !== (last === undefined))
      throw new Error(
        `network_vlan_ranges: '${entry}' is not physical_network or physical_network:first:last`,
      );
    const own = ranges.get(physicalNetwork) ?? [];
    ranges.set(physicalNetwork, own);
    if (first === undefined || last === undefined) continue;
    const range = { first: Number(first), last: Number(last) };
    if (!isVlanId(range.first) || !isVlanId(range.last) || range.first > range.last)
      throw new Error(`network_vlan_ranges: '${entry}' needs 1 <= first <= last <= 4094`);
    own.push(range);
  }
  return ranges;
}

const isVlanId = (id: number) => Number.isInteger(id) && id >= 1 && id <= 4094;

/** The driver of type `vlan`. An id asked for may lie outside the ranges; tenants get the lowest free one inside. */
export const vlanType = (ranges: VlanRanges): TypeDriver => ({
  name: 'vlan',
  overhead: 0,
  async reserve(work, network_id, { physical_network, segmentation_id }) {
    const known = physical_network ?? (ranges.has('default') ? 'default' : null);
    if (known === null) {
      if (segmentation_id !== null)
        throw invalidInput('segmentation_id requires physical_network for VLAN provider network');
      const free = await this.allocate(work, network_id);
      if (free === undefined) throw neutronError('NoNetworkAvailable');
      return free;
    }
    if (!ranges.has(known))
      throw invalidInput(`physical_network '${known}' unknown for VLAN provider network`);
    if (segmentation_id === null) {
      const id = await lowestFree(work, known, ranges.get(known)!);
      if (id === undefined) throw neutronError('NoNetworkAvailable');
      return take(work, network_id, known, id);
    }
    if (!isVlanId(segmentation_id)) throw invalidInput('segmentation_id out of range (1 through 4094)');
    return take(work, network_id, known, segmentation_id);
  },
  async allocate(work, network_id) {
    for (const [physicalNetwork, own] of ranges) {
      const id = await lowestFree(work, physicalNetwork, own);
      if (id !== undefined) return take(work, network_id, physicalNetwork, id);
    }
    return undefined;
  },
});

type Work = Parameters<TypeDriver['allocate']>[0];

async function take({ rows }: Work, network_id: string, physical_network: string, segmentation_id: number) {
  const segment = `vlan:${physical_network}:${segmentation_id}`;
  if ((await rows.find(segmentAllocations, { segment })) !== undefined)
    throw neutronError('VlanIdInUse', { vlan_id: segmentation_id, physical_network });
  await rows.insert(segmentAllocations, { segment, network_id });
  return { network_type: 'vlan', physical_network, segmentation_id };
}

async function lowestFree({ rows }: Work, physicalNetwork: string, own: { first: number; last: number }[]) {
  if (own.length === 0) return undefined;
  const prefix = `vlan:${physicalNetwork}:`;
  const taken = await rows.all(
    segmentAllocations,
    {},
    {
      narrow: (query) => query.where('segment', '>=', prefix).where('segment', '<', `${prefix}~`),
    },
  );
  const ids = new Set(taken.map(({ segment }) => Number(segment.slice(prefix.length))));
  for (const { first, last } of own) for (let id = first; id <= last; id++) if (!ids.has(id)) return id;
  return undefined;
}
