// Tagged networks: a VLAN id on a physical network.
import { ConfigError } from '../../../../../lib/config.ts';
import { invalidInput, neutronError } from '../../../../model/errors.ts';
import type { Settings } from '../../../settings.ts';
import type { Work } from '../../../work.ts';
import { isWithin, lowestFree, parseIdRange, takenIds, takeSegment, type IdRange } from '../id-ranges.ts';
import { physicalMtu } from '../mtu.ts';
import type { Segment, TypeDriver } from '../type-driver.ts';

/** VLAN ids for tenant networks by physical network; a network without ranges is for administrators only. */
export type VlanRanges = Map<string, IdRange[]>;

const bounds: IdRange = { first: 1, last: 4094 };

/** Reads `network_vlan_ranges`: `physnet1`, `physnet2:100:110`. Throws naming the entry that is wrong. */
export function parseVlanRanges(entries: readonly string[]): VlanRanges {
  const ranges: VlanRanges = new Map();
  for (const entry of entries) {
    const [physicalNetwork, first, last, ...more] = entry.split(':').map((text) => text.trim());
    if (!physicalNetwork || more.length > 0 || (first === undefined) !== (last === undefined))
      throw new ConfigError(
        `network_vlan_ranges: '${entry}' is not physical_network or physical_network:first:last`,
      );
    const own = ranges.get(physicalNetwork) ?? [];
    ranges.set(physicalNetwork, own);
    if (first !== undefined && last !== undefined)
      own.push(parseIdRange(`network_vlan_ranges: '${entry}'`, first, last, bounds));
  }
  return ranges;
}

/** The driver of type `vlan`. An id asked for may lie outside the ranges; tenants get the lowest free one inside. */
export function vlanType(settings: Settings): TypeDriver {
  const ranges = parseVlanRanges(settings.ml2.network_vlan_ranges);

  async function take(work: Work, network_id: string, physical_network: string, segmentation_id: number) {
    const segment = `${prefixOf(physical_network)}${segmentation_id}`;
    await takeSegment(work, { segment, network_id }, () =>
      neutronError('VlanIdInUse', { vlan_id: segmentation_id, physical_network }),
    );
    return { network_type: 'vlan', physical_network, segmentation_id };
  }

  async function takeAny(work: Work, network_id: string, physicalNetworks: Iterable<string>) {
    for (const physicalNetwork of physicalNetworks) {
      const own = ranges.get(physicalNetwork)!;
      if (own.length === 0) continue;
      const id = lowestFree(own, await takenIds(work, prefixOf(physicalNetwork)));
      if (id !== undefined) return take(work, network_id, physicalNetwork, id);
    }
    return undefined;
  }

  const allocate = (work: Work, network_id: string): Promise<Segment | undefined> =>
    takeAny(work, network_id, ranges.keys());

  return {
    name: 'vlan',
    maximumMtu: (physical_network) => physicalMtu(settings, physical_network),
    allocate,
    async reserve(work, network_id, { physical_network, segmentation_id }) {
      const known = physical_network ?? (ranges.has('default') ? 'default' : null);
      if (known === null && segmentation_id !== null)
        throw invalidInput('segmentation_id requires physical_network for VLAN provider network');
      if (known !== null && !ranges.has(known))
        throw invalidInput(`physical_network '${known}' unknown for VLAN provider network`);
      if (known !== null && segmentation_id !== null) {
        if (!isWithin(bounds, segmentation_id))
          throw invalidInput('segmentation_id out of range (1 through 4094)');
        return take(work, network_id, known, segmentation_id);
      }
      const free = known === null ? allocate(work, network_id) : takeAny(work, network_id, [known]);
      const segment = await free;
      if (segment === undefined) throw neutronError('NoNetworkAvailable');
      return segment;
    },
  };
}

const prefixOf = (physicalNetwork: string) => `vlan:${physicalNetwork}:`;
