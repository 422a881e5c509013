// The ML2 core plug-in: network types on one side, mechanisms that wire ports on the other.
import { ConfigError } from '../../../../lib/config.ts';
import { gatewayOwner } from '../../../model/device-owners.ts';
import { invalidInput, neutronError } from '../../../model/errors.ts';
import type { Agent } from '../../../model/agent.ts';
import type { Network } from '../../../model/network.ts';
import type { Port } from '../../../model/port.ts';
import { agents } from '../../../store/networking-tables.ts';
import { isAlive } from '../../alive.ts';
import type { Settings } from '../../settings.ts';
import type { CorePlugin, Work } from '../../work.ts';
import type { MechanismDriver } from './mechanism-driver.ts';
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
const mechanismDrivers: Record<string, MechanismDriver> = { openvswitch: openvswitchMechanism };

/** Names in `type_drivers` and `mechanism_drivers` that this server can load. */
export const loadable = { types: Object.keys(typeDrivers), mechanisms: Object.keys(mechanismDrivers) };

/** The plug-in of these settings. Throws naming an option whose value cannot be used; `skipped` hears of drivers left out. */
export function createMl2(
  settings: Settings,
  skipped: (message: string) => void = () => undefined,
): CorePlugin {
  const { ml2 } = settings;
  const types = new Map<string, TypeDriver>();
  for (const name of ml2.type_drivers) {
    const make = typeDrivers[name];
    if (make === undefined)
      skipped(`type_drivers: '${name}' is not available; available: ${loadable.types.join(', ')}`);
    else types.set(name, make(settings));
  }
  const unknown = ml2.tenant_network_types.find((name) => !types.has(name));
  if (unknown !== undefined)
    throw new ConfigError(
      `tenant_network_types: '${unknown}' is none of the loaded types: ${[...types.keys()].join(', ')}`,
    );
  const mechanisms = ml2.mechanism_drivers.flatMap((name) => {
    const driver = mechanismDrivers[name];
    if (driver === undefined)
      skipped(`mechanism_drivers: '${name}' is not available; available: ${loadable.mechanisms.join(', ')}`);
    return driver === undefined ? [] : [driver];
  });

  async function allocateTenant(work: Work, network_id: string) {
    for (const name of ml2.tenant_network_types) {
      const segment = await types.get(name)?.allocate(work, network_id);
      if (segment !== undefined) return segment;
    }
    throw neutronError('NoNetworkAvailable');
  }

  return {
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
    bindPort: (work, port, network) => bind(work, mechanisms, port, network),
  };
}

/** An L3 agent with `external_network_bridge` plugs gateways there itself, whatever the L2 agent maps. */
function externalBridge(known: readonly Agent[]) {
  const bridge = known.find(({ agent_type }) => agent_type === 'L3 agent')?.configurations
    .external_network_bridge;
  if (typeof bridge !== 'string' || bridge === '') return undefined;
  const vif_details = { connectivity: 'l2', port_filter: false, bridge_name: bridge };
  return { 'binding:vif_type': 'ovs', 'binding:vif_details': vif_details };
}

/** The first mechanism whose agent is alive on the host and can wire the port wins. */
async function bind(work: Work, mechanisms: readonly MechanismDriver[], port: Port, network: Network) {
  const host = port['binding:host_id'] ?? '';
  const known = await work.rows.all(agents, { host });
  const direct = port.device_owner === gatewayOwner ? externalBridge(known) : undefined;
  if (direct !== undefined) return direct;
  const reasons: string[] = [];
  for (const mechanism of mechanisms) {
    const agent = known.find(({ agent_type }) => agent_type === mechanism.agent_type);
    if (agent === undefined) reasons.push(`${mechanism.name}: no ${mechanism.agent_type} on host ${host}`);
    else if (!isAlive(work.env, agent))
      reasons.push(`${mechanism.name}: the ${mechanism.agent_type} on host ${host} is dead`);
    else {
      const attempt = mechanism.bind(port, network, agent);
      if ('vif_type' in attempt)
        return { 'binding:vif_type': attempt.vif_type, 'binding:vif_details': attempt.vif_details };
      reasons.push(`${mechanism.name}: ${attempt.refusal}`);
    }
  }
  const segment = `${network['provider:network_type']} network ${network.id}`;
  const why = reasons.length > 0 ? reasons.join('; ') : 'no mechanism driver is loaded';
  work.env.log.error(`Failed to bind port ${port.id} on host ${host} to ${segment}: ${why}`, {
    request_id: work.context.request_id,
  });
  return { 'binding:vif_type': 'binding_failed', 'binding:vif_details': {} };
}
