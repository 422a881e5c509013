// Options that make no sense together, or no sense at all: the server does not start with them.
import { ConfigError } from '../../lib/config.ts';
import { parseCidr } from '../../lib/cidr.ts';
import type { Settings } from './settings.ts';

/** Throws naming the options. */
export function checkSettings(settings: Settings): void {
  const { base_mac, dvr_base_mac, l3_ha_net_cidr } = settings;
  const { max_l3_agents_per_router: max, min_l3_agents_per_router: min } = settings;
  const wrong = (message: string) => {
    throw new ConfigError(message);
  };
  if (base_mac.toLowerCase() === dvr_base_mac.toLowerCase())
    wrong(`dvr_base_mac (${dvr_base_mac}) must differ from base_mac`);
  if (parseCidr(l3_ha_net_cidr)?.family !== 4) wrong(`l3_ha_net_cidr (${l3_ha_net_cidr}) is no IPv4 subnet`);
  if (max !== 0 && max < min)
    wrong(`max_l3_agents_per_router (${max}) must be 0 or at least min_l3_agents_per_router (${min})`);
  if (settings.l3_ha && settings.router_distributed)
    wrong('l3_ha and router_distributed cannot both be True: distributed HA routers are not supported');
}
