// What an IPv6 router advertises, routes and filters.
import { expect, it } from 'vitest';
import { targetOf } from '../../../../server/cloud/agents/l3/desired.ts';
import { l3Options } from '../../../../server/cloud/model/options/l3.ts';
import type { SubnetSpec } from '../../../../server/cloud/model/specs.ts';
import { loadConfig } from '../../../../server/lib/config.ts';
import { portSpec, routerPortSpec, routerSpec, subnetSpec, uuid } from '../../../support/network-specs.ts';

const { DEFAULT: config } = loadConfig({ DEFAULT: l3Options }, []);
const port = (mode: string | null, given: Partial<SubnetSpec> = {}) => {
  const subnet = subnetSpec({
    ...{ id: uuid('6a'), cidr: '2001:db8:1::/64', ip_version: 6, gateway_ip: '2001:db8:1::1' },
    ...{ ipv6_ra_mode: mode, ipv6_address_mode: mode, dns_nameservers: ['192.0.2.53', '2001:db8::53'] },
    ...given,
  });
  const address = subnet.gateway_ip ?? '2001:db8:1::1';
  return routerPortSpec(portSpec({ id: uuid('a5ad5119-1c'), mac: 'fa:16:3e:3a:45:49', subnet, address }), [
    subnet,
  ]);
};
const namespaceOf = (given: Parameters<typeof routerSpec>[0]) =>
  targetOf(routerSpec(given), config)!.namespaces[0]!;
const radvd = (mode: string | null) =>
  namespaceOf({ id: uuid('fa96af8c'), interfaces: [port(mode)] }).daemons.find(
    ({ program }) => program === 'radvd',
  )?.config;

it('radvd announces the prefix, the MTU and the name servers as Neutron has it', () => {
  expect(radvd('slaac')).toBe(`\
interface qr-a5ad5119-1c
{
   AdvSendAdvert on;
   MinRtrAdvInterval 30;
   MaxRtrAdvInterval 100;
   AdvLinkMTU 1500;
   RDNSS 2001:db8::53 {};
   prefix 2001:db8:1::/64
   {
        AdvOnLink on;
        AdvAutonomous on;
   };
};
`);
});

it('each address mode has its flags', () => {
  expect(radvd('dhcpv6-stateless')).toContain('AdvOtherConfigFlag on;');
  expect(radvd('dhcpv6-stateless')).toContain('AdvAutonomous on;');
  expect(radvd('dhcpv6-stateful')).toContain('AdvManagedFlag on;');
  expect(radvd('dhcpv6-stateful')).toContain('AdvAutonomous off;');
  expect(radvd('dhcpv6-stateful')).not.toContain('RDNSS');
  expect(radvd(null)).toBeUndefined();
});

it('a router that is down advertises nothing', () => {
  const { daemons } = namespaceOf({
    id: uuid('fa96af8c'),
    admin_state_up: false,
    interfaces: [port('slaac')],
  });
  expect(daemons).toEqual([]);
});

it('a link-local gateway needs no route of its own', () => {
  const gw_port = port(null, { gateway_ip: 'fe80::1' });
  const { wanted } = namespaceOf({ id: uuid('fa96af8c'), external_network_id: 'n', gw_port });
  expect(wanted.routes).toEqual([{ destination: 'default', nexthop: 'fe80::1', dev: 'qg-a5ad5119-1c' }]);
});

it('IPv6 is filtered like IPv4 and never translated', () => {
  const { wanted } = namespaceOf({ id: uuid('fa96af8c'), interfaces: [port('slaac')] });
  expect(Object.keys(wanted.tables6!)).toEqual(['raw', 'mangle', 'filter']);
  expect(wanted.tables6!.filter!['neutron-l3-agent-scope']).toEqual([
    '-o qr-a5ad5119-1c -m mark ! --mark 0x4000000/0xffff0000 -j DROP',
  ]);
});
