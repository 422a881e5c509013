// What dnsmasq is told of IPv6 subnets, by the way their guests get addresses.
import { expect, it } from 'vitest';
import { dnsmasqArguments } from '../../../../server/cloud/agents/dhcp/dnsmasq-arguments.ts';
import { targetOf } from '../../../../server/cloud/agents/dhcp/desired.ts';
import { renderAddnHostsFile, renderHostFile } from '../../../../server/cloud/agents/dhcp/host-file.ts';
import { renderOptsFile } from '../../../../server/cloud/agents/dhcp/opts-file.ts';
import { dhcpOptions } from '../../../../server/cloud/model/options/dhcp.ts';
import type { SubnetSpec } from '../../../../server/cloud/model/specs.ts';
import { loadConfig } from '../../../../server/lib/config.ts';
import { networkSpec, portSpec, subnetSpec } from '../../../support/network-specs.ts';

const { DEFAULT: config } = loadConfig({ DEFAULT: dhcpOptions }, []);
type Mode = SubnetSpec['ipv6_address_mode'];

/** A network with one IPv6 subnet of a mode, one guest with options of its own and the DHCP port. */
function network(mode: Mode, given: Partial<SubnetSpec> = {}) {
  const subnet = subnetSpec({
    ...{ id: 's6', cidr: 'fd00:1::/64', ip_version: 6, gateway_ip: 'fd00:1::1' },
    ...{ ipv6_address_mode: mode, ipv6_ra_mode: mode, ...given },
  });
  const vm = portSpec({
    ...{ id: 'v', mac: 'fa:16:3e:00:00:01', subnet, address: 'fd00:1::5' },
    extra_dhcp_opts: [{ opt_name: 'sntp-server', opt_value: '[fd00::7]', ip_version: 6 }],
  });
  const dhcpPort = portSpec({
    ...{ id: 'd', mac: 'fa:16:3e:00:00:02', subnet, address: 'fd00:1::2' },
    device_owner: 'network:dhcp',
  });
  return networkSpec({ id: 'n', subnets: [subnet], ports: [vm, dhcpPort] });
}

const rangesOf = (mode: Mode, given?: Partial<SubnetSpec>) =>
  dnsmasqArguments(network(mode, given), { ...config, folder: '/f' }).filter((word) =>
    word.startsWith('--dhcp-range'),
  );

it('stateful and stateless subnets have a static range, those of SLAAC none', () => {
  const range = '--dhcp-range=set:subnet-s6,fd00:1::,static,64,86400s';
  expect(rangesOf('dhcpv6-stateful')).toEqual([range]);
  expect(rangesOf('dhcpv6-stateless')).toEqual([range]);
  expect(rangesOf(null)).toEqual([range]);
  expect(rangesOf('slaac')).toEqual([]);
  expect(rangesOf('dhcpv6-stateful', { cidr: 'fd00:1::/56' })).toEqual([]);
});

it('a host of a stateful subnet has its address in brackets, of a stateless one only its options', () => {
  expect(renderHostFile(network('dhcpv6-stateful'), 'x')).toBe(
    'fa:16:3e:00:00:01,host-fd00-1--5.x,[fd00:1::5],set:port-v\n',
  );
  expect(renderHostFile(network('dhcpv6-stateless'), 'x')).toBe('fa:16:3e:00:00:01,tag:dhcpv6,set:port-v\n');
  expect(renderHostFile(network('slaac'), 'x')).toBe('');
  expect(renderAddnHostsFile(network('slaac'), 'x')).toBe('fd00:1::5\thost-fd00-1--5.x host-fd00-1--5\n');
});

it('several addresses of a port share a line', () => {
  const spec = network('dhcpv6-stateful');
  spec.ports[0]!.fixed_ips.push({ subnet_id: 's6', ip_address: 'fd00:1::6' });
  expect(renderHostFile(spec, '')).toContain('host-fd00-1--5,[fd00:1::5],[fd00:1::6],set:port-v\n');
});

it('options carry the family of the subnet', () => {
  const given = { dns_nameservers: ['fd00::53'] };
  expect(renderOptsFile(network('dhcpv6-stateless', given), config)).toBe(`\
tag:subnet-s6,option6:dns-server,[fd00::53]
tag:subnet-s6,option6:domain-search,openstacklocal
tag:port-v,option6:sntp-server,[fd00::7]
`);
  expect(renderOptsFile(network('dhcpv6-stateful', { dns_nameservers: ['::'] }), config)).toContain(
    'tag:subnet-s6,option6:dns-server\n',
  );
});

it('the device of the agent has an address and a default route of each family', () => {
  const target = targetOf(network('slaac'), config)!;
  expect(target.namespace.devices[0]!.addresses).toEqual(['fd00:1::2/64']);
  expect(target.namespace.routes).toEqual([{ destination: 'default', nexthop: 'fd00:1::1', dev: 'tapd' }]);
  const linkLocal = targetOf(network('slaac', { gateway_ip: 'fe80::1' }), config)!;
  expect(linkLocal.namespace.routes).toMatchObject([{ nexthop: 'fe80::1' }]);
  expect(target.servedPorts).toEqual(['v']);
  expect(target.keepsLeases).toBe(false);
  expect(targetOf(network('dhcpv6-stateless'), config)!.keepsLeases).toBe(true);
});
