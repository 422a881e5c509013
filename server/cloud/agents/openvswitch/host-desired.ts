// Everything the server wants of this host: its ports, who is at the other ends of its tunnels, MACs of distributed routers.
import {
  createOverlay,
  emptyOverlay,
  type Overlay,
  type OverlayKnowledge,
  type OverlayPlugin,
} from '../l2/overlay.ts';
import { createDesired, type Desired, type DesiredPorts, type Plugin } from '../l2/desired.ts';
import { keepAnswers } from '../l2/kept-answers.ts';
import type { DeviceSpec, DvrHostMac } from '../../model/specs.ts';
import { hostMacs, type HostMacs } from './distribution.ts';
import type { Settings } from './settings.ts';

/** The server, as this agent needs it. */
export interface HostPlugin extends Plugin, OverlayPlugin {
  /** The MAC address that stands for this host's distributed routers; the server draws it when it is asked first. */
  fetchDvrMac(): Promise<DvrHostMac>;
  /** Those of all hosts. */
  fetchDvrMacs(): Promise<DvrHostMac[]>;
}

export interface HostDesired extends Desired {
  overlay: Overlay;
  /** Undefined where routers are not distributed, or until the server has answered. */
  macs?: HostMacs;
}

export interface HostKnowledge {
  ports: Pick<DesiredPorts, 'portChanged' | 'networkChanged' | 'groupsChanged'>;
  overlay: Pick<OverlayKnowledge, 'tunnelChanged' | 'fdbChanged'>;
  /** Another host has distributed routers now. */
  macsChanged(): boolean;
  everythingChanged(): void;
  fetch(found: readonly string[]): Promise<HostDesired>;
}

export function createHostDesired(plugin: HostPlugin, { tunnels, isDistributed }: Settings): HostKnowledge {
  const ports = createDesired(plugin);
  const overlay = createOverlay(plugin, tunnels);
  const macs = keepAnswers(async () => {
    const [own, all] = await Promise.all([plugin.fetchDvrMac(), plugin.fetchDvrMacs()]);
    return new Map([[hosts, hostMacs(own, all)]]);
  });
  return {
    ports,
    overlay,
    macsChanged: () => macs.expire(hosts),
    everythingChanged: () => {
      macs.expireAll();
      ports.everythingChanged();
      overlay.everythingChanged();
    },
    fetch: async (found) => {
      let here = emptyOverlay;
      const [desired, unknownMacs] = await Promise.all([
        ports.fetch(found, async (specs, isAnswering) => {
          here = await overlay.fetch(tunnelledNetworks(specs, tunnels.types), isAnswering);
        }),
        macs.refresh(isDistributed ? [hosts] : []).catch((error: Error) => error),
      ]);
      const problem = desired.problem ?? here.problem ?? unknownMacs ?? undefined;
      const known = macs.values.get(hosts);
      return {
        ...desired,
        overlay: here,
        ...(known === undefined ? {} : { macs: known }),
        ...(problem === undefined ? {} : { problem }),
      };
    },
  };
}

/** The one key of the host MACs. */
const hosts = 'hosts';

const tunnelledNetworks = (specs: readonly DeviceSpec[], types: readonly string[]): string[] => [
  ...new Set(
    specs
      .filter((spec) => spec.admin_state_up && types.includes(spec.network_type))
      .map((spec) => spec.network_id),
  ),
];
