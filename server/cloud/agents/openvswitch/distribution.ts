// Distributed routers as the switch sees them: their interfaces on this host and the ports that those lead to. Pure.
import type { DvrHostMac } from '../../model/specs.ts';
import type { LocalNetwork } from './flows.ts';
import type { Bindings } from './plan-ports.ts';
import type { TunnelType } from '../l2/overlay.ts';

const distributedOwner = 'network:router_interface_distributed';

/** MAC addresses that stand for the routers of hosts on the wire. */
export interface HostMacs {
  own: string;
  others: string[];
}

/** An interface of a distributed router: the same MAC and addresses on every host. */
export interface RouterInterface {
  /** Its device in the integration bridge. */
  port: string;
  mac: string;
  addresses: string[];
  network: LocalNetwork;
  /** Ports of the subnet on this host. */
  receivers: { mac: string; port: string }[];
}

export interface Distribution extends HostMacs {
  interfaces: RouterInterface[];
}

/** Interfaces and receivers among the bound ports; those of networks that stay on the host need nothing. */
export function distributionOf({ bound, networks }: Bindings, macs: HostMacs): Distribution {
  const isInterface = (owner: string) => owner === distributedOwner;
  const interfaces = bound
    .filter(({ spec }) => isInterface(spec.device_owner) && spec.network_type !== 'local')
    .map(({ spec, port }): RouterInterface => {
      const subnets = new Set(spec.fixed_ips.map(({ subnet_id }) => subnet_id));
      return {
        port: port.name,
        mac: spec.mac_address,
        addresses: spec.fixed_ips.map(({ ip_address }) => ip_address),
        network: networks.get(spec.network_id)!,
        receivers: bound
          .filter((other) => !isInterface(other.spec.device_owner))
          .filter((other) => other.spec.fixed_ips.some(({ subnet_id }) => subnets.has(subnet_id)))
          .map((other) => ({ mac: other.spec.mac_address, port: other.port.name })),
      };
    });
  return { ...macs, interfaces };
}

/** What the server says of host MACs, split by whose they are. */
export const hostMacs = (own: DvrHostMac, all: readonly DvrHostMac[]): HostMacs => ({
  own: own.mac_address,
  others: all.map(({ mac_address }) => mac_address).filter((mac) => mac !== own.mac_address),
});

export const isTunnelled = (
  network: LocalNetwork,
): network is LocalNetwork & { network_type: TunnelType; segmentation_id: number } =>
  network.network_type === 'gre' || network.network_type === 'vxlan';
