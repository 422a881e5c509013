// What the server wants of this host: the ports whose taps are here, and who is at the other ends of its tunnels.
import { createOverlay, type Overlay, type OverlayKnowledge, type OverlayPlugin } from '../l2/overlay.ts';
import { createDesired, type Desired, type DesiredPorts, type Plugin } from '../l2/desired.ts';
import { tapOf } from './names.ts';
import { overlaySettings, type Settings } from './settings.ts';

/** The server, as this agent needs it. */
export interface HostPlugin extends Plugin, OverlayPlugin {
  /** Ids of all ports that are bound to this host. */
  fetchPortIds(): Promise<string[]>;
}

export interface HostDesired extends Desired {
  /** Port by tap; undefined: the server knows none of that name here. A tap that it was not asked about is missing. */
  taps: ReadonlyMap<string, string | undefined>;
  overlay: Overlay;
}

export interface HostKnowledge {
  ports: Pick<DesiredPorts, 'portChanged' | 'networkChanged' | 'groupsChanged'>;
  overlay: Pick<OverlayKnowledge, 'tunnelChanged' | 'fdbChanged'>;
  everythingChanged(): void;
  /** `taps` are the names of the taps found here. */
  fetch(taps: readonly string[]): Promise<HostDesired>;
}

export function createHostDesired(plugin: HostPlugin, settings: Settings): HostKnowledge {
  const ports = createDesired(plugin);
  const overlay = createOverlay(withoutGroup(plugin, settings), overlaySettings(settings));
  const names = createTapNames(plugin);
  return {
    ports: {
      ...ports,
      portChanged: (id) => [ports.portChanged(id), names.portChanged(id)].includes(true),
    },
    overlay,
    everythingChanged: () => {
      ports.everythingChanged();
      overlay.everythingChanged();
      names.everythingChanged();
    },
    fetch: async (taps) => {
      const named = await names.fetch(taps);
      const desired = await ports.fetch([...named.taps.values()].filter((id) => id !== undefined));
      const networks = [...desired.devices.values()]
        .filter((spec) => spec.network_type === 'vxlan')
        .map((spec) => spec.network_id);
      const far = await overlay.fetch([...new Set(networks)]);
      const problem = named.problem ?? desired.problem ?? far.problem;
      return {
        ...desired,
        taps: named.taps,
        overlay: far,
        ...(problem === undefined ? {} : { problem }),
      };
    },
  };
}

/** Hosts that take broadcasts by this host's multicast group need no copies; others (with Open vSwitch) do. */
function withoutGroup(plugin: OverlayPlugin, { vxlan }: Settings): OverlayPlugin {
  const group = vxlan?.group ?? '';
  return {
    fetchFdb: (networkIds) => plugin.fetchFdb(networkIds),
    fetchTunnels: async (type) => {
      const { tunnels } = await plugin.fetchTunnels(type);
      return { tunnels: tunnels.filter((peer) => group === '' || peer.vxlan_group !== group) };
    },
  };
}

/** Whose tap is whose: a tap's name is the beginning of its port's id. */
function createTapNames(plugin: Pick<HostPlugin, 'fetchPortIds'>) {
  const known = new Map<string, string | undefined>();
  return {
    /** True when a tap is here whose port was not known so far. */
    portChanged: (id: string) => {
      const tap = tapOf(id);
      const isNews = known.has(tap) && known.get(tap) === undefined;
      if (isNews) known.delete(tap);
      return isNews;
    },
    everythingChanged: () => {
      for (const [tap, id] of known) if (id === undefined) known.delete(tap);
    },
    fetch: async (taps: readonly string[]) => {
      for (const tap of known.keys()) if (!taps.includes(tap)) known.delete(tap);
      const asked = taps.filter((tap) => !known.has(tap));
      let problem: Error | undefined;
      if (asked.length > 0)
        try {
          const ids = new Map((await plugin.fetchPortIds()).map((id) => [tapOf(id), id]));
          for (const tap of asked) known.set(tap, ids.get(tap));
        } catch (error) {
          problem = error instanceof Error ? error : new Error(String(error));
        }
      return { taps: new Map(known), problem };
    },
  };
}
