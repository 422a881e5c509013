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
      return subnet?.ip_version === 4 ? [`${ip_address}/${cidrOf(subnet.cidr).prefix}`] : [];
    }),
  };
}

export const gatewayDevice = (port: RouterPortSpec, config: L3Config): WantedDevice =>
  deviceOf('qg-', port, config.external_network_bridge || config.ovs_integration_bridge);

/** The default route, and on-link routes to the external network's other subnets (floating IPs may come from them). */
export function gatewayRoutes(port: RouterPortSpec | null, device: WantedDevice | undefined): WantedRoute[] {
  if (port === null || device === undefined) return [];
  const dev = device.name;
  const subnet = port.subnets.find(({ ip_version, gateway_ip }) => ip_version === 4 && gateway_ip !== null);
  const nexthop = subnet?.gateway_ip;
  return [
    ...port.extra_subnets
      .filter(({ ip_version }) => ip_version === 4)
      .map(({ cidr }) => ({ destination: kernelSpelling(cidr), dev, isOnLink: true })),
    ...(nexthop == null || contains(cidrOf(subnet!.cidr), nexthop)
      ? []
      : [{ destination: nexthop, dev, isOnLink: true }]),
    ...(nexthop == null ? [] : [{ destination: 'default', nexthop, dev }]),
  ];
}

/** A router's own routes go through the device whose subnet holds the next hop; others cannot be set. */
export function extraRoutes(router: RouterSpec, devices: WantedDevice[]): WantedRoute[] {
  return router.routes.flatMap(({ destination, nexthop }) => {
    const device = devices.find(({ addresses }) =>
      addresses.some((cidr) => !cidr.endsWith('/32') && contains(cidrOf(cidr), nexthop)),
    );
    return device === undefined
      ? []
      : [{ destination: kernelSpelling(destination), nexthop, dev: device.name }];
  });
}

/** The kernel prints a host route without its prefix length, and everything as `default`. */
const kernelSpelling = (cidr: string) =>
  cidr === '0.0.0.0/0' ? 'default' : cidr.endsWith('/32') ? cidr.slice(0, -3) : cidr;
