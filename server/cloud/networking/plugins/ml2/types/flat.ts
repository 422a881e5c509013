// Untagged networks: one per physical network.
import { invalidInput, neutronError } from '../../../../model/errors.ts';
import { segmentAllocations } from '../../../../store/networking-tables.ts';
import type { TypeDriver } from '../type-driver.ts';

/** The driver of type `flat`; `flatNetworks` are the physical networks that may carry one, `*` any. */
export const flatType = (flatNetworks: readonly string[]): TypeDriver => ({
  name: 'flat',
  overhead: 0,
  async reserve({ rows }, network_id, { physical_network, segmentation_id }) {
    if (!physical_network) throw invalidInput('physical_network required for flat provider network');
    if (!flatNetworks.includes('*') && !flatNetworks.includes(physical_network))
      throw invalidInput(`physical_network '${physical_network}' unknown for flat provider network`);
    if (segmentation_id !== null) throw invalidInput('segmentation_id prohibited for flat provider network');
    const segment = `flat:${physical_network}`;
    if ((await rows.find(segmentAllocations, { segment })) !== undefined)
      throw neutronError('FlatNetworkInUse', { physical_network });
    await rows.insert(segmentAllocations, { segment, network_id });
    return { network_type: 'flat', physical_network, segmentation_id: null };
  },
  // which physical network a tenant means cannot be guessed
  allocate: async () => undefined,
});
