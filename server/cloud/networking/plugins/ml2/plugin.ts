// The ML2 core plug-in: network types on one side, mechanisms that wire ports on the other.
import { ConfigError } from '../../../../lib/config.ts';
import { invalidInput, neutronError } from '../../../model/errors.ts';
import type { Settings } from '../../settings.ts';
import type { CorePlugin, Work } from '../../work.ts';
import { bindPort } from './bind.ts';
import { l2population } from './l2population/population.ts';
import type { MechanismDriver } from './mechanism-driver.ts';
import { linuxbridgeMechanism } from './mechanisms/linuxbridge.ts';
import { openvswitchMechanism } from './mechanisms/openvswitch.ts';
import type { TypeDriver } from './type-driver.ts';
import { flatType } from './types/flat.ts';
import { localType } from './types/local.ts';
import { tunnelType } from './types/tunnel.ts';
import { vlanType } from './types/vlan.ts';

const typeDrivers: Record<string, (settings: Settings) => TypeDriver> = {
  local: localType,
  flat: flatType,
  vlan: vlanType,
  gre: (settings) => tunnelType('gre', settings),
  vxlan: (settings) => tunnelType('vxlan', settings),
};
const mechanismDrivers: Record<string, ((settings: Settings) => MechanismDriver) | 'binds nothing'> = {
  openvswitch: openvswitchMechanism,
  linuxbridge: linuxbridgeMechanism,
  l2population: 'binds nothing',
};

/** The plug-in of these settings. Throws naming an option whose value cannot be used; `skipped` hears of drivers left out. */
export function createMl2(
  settings: Settings,
  skipped: (message: string) => void = () => undefined,
): CorePlugin {
  const { ml2 } = settings;
  const types = new Map(
    load('type_drivers', ml2.type_drivers, typeDrivers, skipped).map(([name, make]) => [
      name,
      make(settings),
    ]),
  );
  const unknown = ml2.tenant_network_types.find((name) => !types.has(name));
  if (unknown !== undefined)
    throw new ConfigError(
      `tenant_network_types: '${unknown}' is none of the loaded types: ${[...types.keys()].join(', ')}`,
    );
  const mechanisms = load('mechanism_drivers', ml2.mechanism_drivers, mechanismDrivers, skipped);
  const binding = mechanisms.flatMap(([, make]) => (make === 'binds nothing' ? [] : make(settings)));

  async function allocateTenant(work: Work, network_id: string) {
    for (const name of ml2.tenant_network_types) {
      const segment = await types.get(name)?.allocate(work, network_id);
      if (segment !== undefined) return segment;
    }
    throw neutronError('NoNetworkAvailable');
  }

  return {
    networkTypes: [...types.keys()],
    mechanisms: binding.map(({ name }) => name),
    async reserveSegment(work, network_id, asked) {
      const segment = {
        physical_network: asked.physical_network ?? null,
        segmentation_id: asked.segmentation_id ?? null,
      };
      if (asked.network_type === undefined || asked.network_type === null) {
        if (segment.physical_network !== null || segment.segmentation_id !== null)
          throw invalidInput('provider:network_type required');
        return allocateTenant(work, network_id);
      }
      const driver = types.get(asked.network_type);
      if (driver === undefined)
        throw invalidInput(`provider:network_type ${asked.network_type} not supported`);
      return driver.reserve(work, network_id, segment);
    },
    maximumMtu: (network_type, physical_network) =>
      types.get(network_type)?.maximumMtu(physical_network) ?? settings.global_physnet_mtu,
    bindPort: (work, port, network) => bindPort(work, binding, port, network),
    population: mechanisms.some(([name]) => name === 'l2population') ? l2population : undefined,
  };
}

/** The drivers named, in that order; unknown names are passed over. */
function load<Driver>(
  option: string,
  names: readonly string[],
  available: Record<string, Driver>,
  skipped: (message: string) => void,
): [name: string, driver: Driver][] {
  return names.flatMap((name) => {
    const driver = available[name];
    if (driver !== undefined) return [[name, driver]];
    skipped(`${option}: '${name}' is not available; available: ${Object.keys(available).join(', ')}`);
    return [];
  });
}
