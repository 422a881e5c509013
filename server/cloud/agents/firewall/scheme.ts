// What differs between the firewalls of the layer 2 agents: names of chains, and who shares a conntrack zone. Pure.
import type { DeviceSpec } from '../../model/specs.ts';
import { deviceOf } from '../l2/device-name.ts';

export interface FirewallScheme {
  /** Chains begin with the program's name, cut to 16 characters. */
  chainPrefix: string;
  /** Who has a conntrack zone of its own; ports with the same answer share one. */
  zoneOwner(spec: DeviceSpec): string;
  /** Matches of the frames that belong to the zone, and what the rules' comment calls it. */
  zoneMatches(spec: DeviceSpec): { matches: string[]; name: string };
  /** The owner of the zone that a loaded rule sets. */
  ownerIn(rule: string): string | undefined;
}

const frames = (bridge: string, tap: string) => [
  `-m physdev --physdev-in ${bridge}`,
  `-i ${bridge}`,
  `-m physdev --physdev-in ${tap}`,
];

/** Open vSwitch: a zone for each port, whose frames come out of its own Linux bridge by the qvb device. */
export const openvswitchScheme: FirewallScheme = {
  chainPrefix: 'neutron-openvswi',
  zoneOwner: (spec) => spec.port_id,
  zoneMatches: ({ port_id }) => ({
    matches: frames(deviceOf('qvb', port_id), deviceOf('tap', port_id)),
    name: port_id,
  }),
  ownerIn: (rule) => /"Set zone for (\S+)"/.exec(rule)?.[1],
};

/** Linux bridge: a zone for each network; the comment names the port by what follows `tap` and one more character. */
export const linuxbridgeScheme: FirewallScheme = {
  chainPrefix: 'neutron-linuxbri',
  zoneOwner: (spec) => deviceOf('brq', spec.network_id),
  zoneMatches: ({ network_id, port_id }) => ({
    matches: frames(deviceOf('brq', network_id), deviceOf('tap', port_id)),
    name: deviceOf('tap', port_id).slice(4),
  }),
  ownerIn: (rule) => /^-i (brq\S+)/.exec(rule)?.[1],
};
