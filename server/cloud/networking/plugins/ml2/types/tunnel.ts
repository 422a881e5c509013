// Networks in tunnels between the hosts, gre and vxlan: an id that is unique in the cloud, no physical network.
import { invalidInput, neutronError } from '../../../../model/errors.ts';
import type { Settings } from '../../../settings.ts';
import type { Work } from '../../../work.ts';
import { isWithin, lowestFree, parseIdRanges, takenIds, takeSegment, type IdRange } from '../id-ranges.ts';
import { tunnelMtu } from '../mtu.ts';
import type { Segment, TypeDriver } from '../type-driver.ts';

/** What tells the tunnel types apart; `overhead` is the tunnel header with the inner Ethernet header. */
const kinds = {
  gre: { bounds: { first: 1, last: 2 ** 32 - 1 }, overhead: 22, option: 'tunnel_id_ranges' },
  vxlan: { bounds: { first: 1, last: 2 ** 24 - 1 }, overhead: 30, option: 'vni_ranges' },
} as const;

/** Reads `tunnel_id_ranges` or `vni_ranges`: `1:1000`. Throws naming the entry that is wrong. */
export const parseTunnelRanges = (name: keyof typeof kinds, entries: readonly string[]): IdRange[] =>
  parseIdRanges(kinds[name].option, entries, kinds[name].bounds);

/** The driver of a tunnel type. An id asked for may lie outside the ranges; tenants get the lowest free one inside. */
export function tunnelType(name: keyof typeof kinds, settings: Settings): TypeDriver {
  const { bounds, overhead, option } = kinds[name];
  const ranges = parseTunnelRanges(name, settings.ml2[option]);

  async function take(work: Work, network_id: string, segmentation_id: number): Promise<Segment> {
    await takeSegment(work, { segment: `${name}:${segmentation_id}`, network_id }, () =>
      neutronError('TunnelIdInUse', { tunnel_id: segmentation_id }),
    );
    return { network_type: name, physical_network: null, segmentation_id };
  }

  async function allocate(work: Work, network_id: string): Promise<Segment | undefined> {
    if (ranges.length === 0) return undefined;
    const id = lowestFree(ranges, await takenIds(work, `${name}:`));
    return id === undefined ? undefined : take(work, network_id, id);
  }

  return {
    name,
    maximumMtu: () => tunnelMtu(settings, overhead),
    allocate,
    async reserve(work, network_id, { physical_network, segmentation_id }) {
      if (physical_network) throw invalidInput(`provider:physical_network specified for ${name} network`);
      if (segmentation_id !== null) {
        if (!isWithin(bounds, segmentation_id))
          throw invalidInput(`segmentation_id out of range (${bounds.first} through ${bounds.last})`);
        return take(work, network_id, segmentation_id);
      }
      const segment = await allocate(work, network_id);
      if (segment === undefined) throw neutronError('NoNetworkAvailable');
      return segment;
    },
  };
}
