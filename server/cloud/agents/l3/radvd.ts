// Router advertisements of one router: radvd and its configuration, spelt as Neutron spells it. Pure.
import type { RouterPortSpec, RouterSpec, SubnetSpec } from '../../model/specs.ts';
import type { DaemonPlace, WantedDaemon } from '../namespace-daemon.ts';
import { deviceOf } from './devices.ts';
import type { L3Config } from './target.ts';

export const radvdPlace = (config: L3Config, routerId: string): DaemonPlace => ({
  program: 'radvd',
  configFile: `${config.ra_confs}/${routerId}.radvd.conf`,
  pidFile: `${config.external_pids}/${routerId}.pid.radvd`,
});

/** Undefined: no subnet of the router wants advertisements. */
export function radvdDaemon(router: RouterSpec, config: L3Config): WantedDaemon | undefined {
  const ports = router.interfaces.filter(
    (port) => port.admin_state_up && port.subnets.some((subnet) => subnet.ipv6_ra_mode !== null),
  );
  if (ports.length === 0 || !router.admin_state_up) return undefined;
  const place = radvdPlace(config, router.id);
  return {
    ...place,
    config: ports.map((port) => interfaceBlock(port, config)).join(''),
    argv: ['radvd', '-C', place.configFile, '-p', place.pidFile, '-m', 'syslog'],
    reload: 'SIGHUP',
  };
}

/** More name servers do not fit into one option of an advertisement. */
const mostNameServers = 3;

function interfaceBlock(port: RouterPortSpec, config: L3Config): string {
  const subnets = port.subnets.filter(({ ipv6_ra_mode }) => ipv6_ra_mode !== null);
  const has = (mode: string) => subnets.some(({ ipv6_ra_mode }) => ipv6_ra_mode === mode);
  const nameServers = subnets
    .filter(({ ipv6_ra_mode }) => ipv6_ra_mode !== 'dhcpv6-stateful')
    .flatMap(({ dns_nameservers }) => dns_nameservers.filter((address) => address.includes(':')));
  const lines = [
    'AdvSendAdvert on;',
    `MinRtrAdvInterval ${config.min_rtr_adv_interval};`,
    `MaxRtrAdvInterval ${config.max_rtr_adv_interval};`,
    `AdvLinkMTU ${port.mtu};`,
    ...(has('dhcpv6-stateless') ? ['AdvOtherConfigFlag on;'] : []),
    ...(has('dhcpv6-stateful') ? ['AdvManagedFlag on;'] : []),
    ...(nameServers.length === 0
      ? []
      : [`RDNSS ${[...new Set(nameServers)].slice(0, mostNameServers).join(' ')} {};`]),
    ...subnets.flatMap(prefixBlock),
  ];
  return `interface ${deviceOf('qr-', port, '').name}\n{\n${lines.map((line) => `   ${line}\n`).join('')}};\n`;
}

/** Addresses of a stateful subnet come from DHCP alone. */
const prefixBlock = ({ cidr, ipv6_ra_mode }: SubnetSpec): string[] => [
  `prefix ${cidr}`,
  '{',
  '     AdvOnLink on;',
  `     AdvAutonomous ${ipv6_ra_mode === 'dhcpv6-stateful' ? 'off' : 'on'};`,
  '};',
];
