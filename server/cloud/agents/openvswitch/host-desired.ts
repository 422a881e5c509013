// Everything the server wants of this host: its ports, and who is at the other ends of its tunnels.
import { createOverlay, type Overlay, type OverlayKnowledge, type OverlayPlugin } from '../l2/overlay.ts';
import { createDesired, type Desired, type DesiredPorts, type Plugin } from '../l2/desired.ts';
import type { Settings } from './settings.ts';

/** The server, as this agent needs it. */
export interface HostPlugin extends Plugin, OverlayPlugin {}

export interface HostDesired extends Desired {
  overlay: Overlay;
}

export interface HostKnowledge {
  ports: Pick<DesiredPorts, 'portChanged' | 'networkChanged' | 'groupsChanged'>;
  overlay: Pick<OverlayKnowledge, 'tunnelChanged' | 'fdbChanged'>;
  everythingChanged(): void;
  fetch(found: readonly string[]): Promise<HostDesired>;
}

export function createHostDesired(plugin: HostPlugin, { tunnels }: Settings): HostKnowledge {
  const ports = createDesired(plugin);
  const overlay = createOverlay(plugin, tunnels);
  return {
    ports,
    overlay,
    everythingChanged: () => {
      ports.everythingChanged();
      overlay.everythingChanged();
    },
    fetch: async (found) => {
      const desired = await ports.fetch(found);
      const here = await overlay.fetch(tunnelledNetworks(desired, tunnels.types));
      const problem = desired.problem ?? here.problem;
      return { ...desired, overlay: here, ...(problem === undefined ? {} : { problem }) };
    },
  };
}

const tunnelledNetworks = ({ devices }: Desired, types: readonly string[]): string[] => [
  ...new Set(
    [...devices.values()]
      .filter((spec) => spec.admin_state_up && types.includes(spec.network_type))
      .map((spec) => spec.network_id),
  ),
];
