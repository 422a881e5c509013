// The devices of a router and the routes that lead through them. Pure.
import { cidrOf, contains } from '../../../lib/cidr.ts';
import type { RouterPortSpec, RouterSpec } from '../../model/specs.ts';
import type { WantedDevice, WantedRoute } from '../namespace-plan.ts';
import type { L3Config } from './target.ts';

export function deviceOf(
  prefix: 'qr-' | 'qg-' | 'ha-' | 'sg-' | 'fg-',
  port: RouterPortSpec,
  bridge: string,
): WantedDevice {
  return {
    name: `${prefix}${port.id.slice(0, 11)}`,
    portId: port.id,
    bridge,
    mac: port.mac_address,
    mtu: port.mtu,
    addresses: port.fixed_ips.flatMap(({ ip_address, subnet_id }) => {
      const subnet = port.subnets.find(({ id }) => id === subnet_id);
      return subnet !== undefined ? [`${ip_address}/${cidrOf(subnet.cidr).prefix}`] : [];
    }),
  };
}

export const gatewayDevice = (port: RouterPortSpec, config: L3Config): WantedDevice =>
  deviceOf('qg-', port, config.external_network_bridge || config.ovs_integration_bridge);

/** Default routes, and on-link routes to the external network's other subnets (floating IPs may come from them). */
export function gatewayRoutes(port: RouterPortSpec | null, device: WantedDevice | undefined): WantedRoute[] {
  if (port === null || device === undefined) return [];
  const dev = device.name;
  return [
    ...port.extra_subnets.map(({ cidr }) => ({ destination: kernelSpelling(cidr), dev, isOnLink: true })),
    ...([4, 6] as const).flatMap((family) => defaultRoute(port, family, dev)),
  ];
}

function defaultRoute(port: RouterPortSpec, family: 4 | 6, dev: string): WantedRoute[] {
  const subnet = port.subnets.find(
    ({ ip_version, gateway_ip }) => ip_version === family && gateway_ip !== null,
  );
  if (subnet === undefined) return [];
  const nexthop = subnet.gateway_ip!;
  const isConnected = contains(cidrOf(subnet.cidr), nexthop) || contains(linkLocal, nexthop);
  return [
    ...(isConnected ? [] : [{ destination: nexthop, dev, isOnLink: true }]),
    { destination: 'default', nexthop, dev },
  ];
}

const linkLocal = cidrOf('fe80::/10');

/** A router's own routes go through the device whose subnet holds the next hop; others cannot be set. */
export function extraRoutes(router: RouterSpec, devices: WantedDevice[]): WantedRoute[] {
  return router.routes.flatMap(({ destination, nexthop }) => {
    const device = devices.find(({ addresses }) =>
      addresses.some((cidr) => !isHost(cidr) && contains(cidrOf(cidr), nexthop)),
    );
    return device === undefined
      ? []
      : [{ destination: kernelSpelling(destination), nexthop, dev: device.name }];
  });
}

const isHost = (cidr: string) => /^[^:]+\/32$|\/128$/.test(cidr);

/** The kernel prints a host route without its prefix length, and everything as `default`. */
function kernelSpelling(cidr: string): string {
  const { prefix, family } = cidrOf(cidr);
  if (prefix === 0) return 'default';
  return prefix === (family === 4 ? 32 : 128) ? cidr.split('/')[0]! : cidr;
}
