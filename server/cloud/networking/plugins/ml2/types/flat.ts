// Untagged networks: one per physical network.
import { invalidInput, neutronError } from '../../../../model/errors.ts';
import type { Settings } from '../../../settings.ts';
import { takeSegment } from '../id-ranges.ts';
import { physicalMtu } from '../mtu.ts';
import type { TypeDriver } from '../type-driver.ts';

/** The driver of type `flat`; `flat_networks` are the physical networks that may carry one, `*` any. */
export function flatType(settings: Settings): TypeDriver {
  const { flat_networks } = settings.ml2;
  return {
    name: 'flat',
    maximumMtu: (physical_network) => physicalMtu(settings, physical_network),
    async reserve(work, network_id, { physical_network, segmentation_id }) {
      if (!physical_network) throw invalidInput('physical_network required for flat provider network');
      if (!flat_networks.includes('*') && !flat_networks.includes(physical_network))
        throw invalidInput(`physical_network '${physical_network}' unknown for flat provider network`);
      if (segmentation_id !== null)
        throw invalidInput('segmentation_id prohibited for flat provider network');
      await takeSegment(work, { segment: `flat:${physical_network}`, network_id }, () =>
        neutronError('FlatNetworkInUse', { physical_network }),
      );
      return { network_type: 'flat', physical_network, segmentation_id: null };
    },
    // which physical network a tenant means cannot be guessed
    allocate: async () => undefined,
  };
}
