// Networks that exist on each host alone.
import { invalidInput } from '../../../../model/errors.ts';
import type { Settings } from '../../../settings.ts';
import type { Segment, TypeDriver } from '../type-driver.ts';

const segment: Segment = { network_type: 'local', physical_network: null, segmentation_id: null };

/** The driver of type `local`: nothing to take, so never used up. */
export const localType = ({ global_physnet_mtu }: Settings): TypeDriver => ({
  name: 'local',
  maximumMtu: () => global_physnet_mtu,
  async reserve(_work, _network_id, asked) {
    if (asked.physical_network !== null || asked.segmentation_id !== null)
      throw invalidInput(
        `${asked.physical_network !== null ? 'provider:physical_network' : 'provider:segmentation_id'} prohibited for local provider network`,
      );
    return segment;
  },
  allocate: async () => segment,
});
