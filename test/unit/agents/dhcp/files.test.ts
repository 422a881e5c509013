// The files and the command line of dnsmasq, against those of a real Neutron for the same networks.
import { expect, it } from 'vitest';
import { dnsmasqArguments } from '../../../../server/cloud/agents/dhcp/dnsmasq-arguments.ts';
import { renderAddnHostsFile, renderHostFile } from '../../../../server/cloud/agents/dhcp/host-file.ts';
import { renderOptsFile } from '../../../../server/cloud/agents/dhcp/opts-file.ts';
import { networkSpec, portSpec, subnetSpec } from '../../../support/network-specs.ts';

const settings = {
  ...{ enable_isolated_metadata: true, force_metadata: false, enable_metadata_network: false },
  dhcp_domain: 'openstacklocal',
};
const dnsmasqSettings = {
  folder: '/var/lib/neutron/dhcp/a04544a6-9710-47e1-95ac-60f41a2e2204',
  ...{ dhcp_domain: 'openstacklocal.', dhcp_lease_duration: 86400, dnsmasq_lease_max: 16777216 },
  ...{ dnsmasq_config_file: '', dnsmasq_dns_servers: [], dnsmasq_local_resolv: false },
  ...{ dhcp_renewal_time: 0, dhcp_rebinding_time: 0, dhcp_broadcast_reply: false },
};
const subnet = subnetSpec({
  ...{ id: '9055c60a-2d0d-4487-b725-6cc9baadb95a', cidr: '192.168.101.0/24' },
  dns_nameservers: ['8.8.8.8'],
  host_routes: [{ destination: '172.16.0.0/24', nexthop: '192.168.101.250' }],
});
const dhcpPort = portSpec({
  ...{ id: '2ee8a943', mac: 'fa:16:3e:f5:a1:63', subnet, address: '192.168.101.2' },
  device_owner: 'network:dhcp',
});
const net01 = networkSpec({
  ...{ id: 'a04544a6-9710-47e1-95ac-60f41a2e2204', mtu: 1450, subnets: [subnet] },
  ports: [
    portSpec({ id: '71f776e5', mac: 'fa:16:3e:90:86:c1', subnet, address: '192.168.101.21' }),
    portSpec({ id: 'a5ad5119', mac: 'fa:16:3e:3a:45:49', subnet, address: '192.168.101.1' }),
    dhcpPort,
    portSpec({ id: 'dc5146c6', mac: 'fa:16:3e:15:f8:46', subnet, address: '192.168.101.102' }),
  ],
  router_ip_by_subnet: { [subnet.id]: '192.168.101.1' },
});

it('the host files name every port but the DHCP port', () => {
  expect(renderHostFile(net01, 'openstacklocal')).toBe(`\
fa:16:3e:90:86:c1,host-192-168-101-21.openstacklocal,192.168.101.21
fa:16:3e:3a:45:49,host-192-168-101-1.openstacklocal,192.168.101.1
fa:16:3e:15:f8:46,host-192-168-101-102.openstacklocal,192.168.101.102
`);
  expect(renderAddnHostsFile(net01, 'openstacklocal')).toBe(`\
192.168.101.21\thost-192-168-101-21.openstacklocal host-192-168-101-21
192.168.101.1\thost-192-168-101-1.openstacklocal host-192-168-101-1
192.168.101.102\thost-192-168-101-102.openstacklocal host-192-168-101-102
`);
});

it('options tell name servers, host routes, the way to metadata and the gateway', () => {
  expect(renderOptsFile(net01, settings)).toBe(`\
tag:subnet-9055c60a-2d0d-4487-b725-6cc9baadb95a,option:dns-server,8.8.8.8
tag:subnet-9055c60a-2d0d-4487-b725-6cc9baadb95a,option:classless-static-route,172.16.0.0/24,192.168.101.250,169.254.169.254/32,192.168.101.1,0.0.0.0/0,192.168.101.1
tag:subnet-9055c60a-2d0d-4487-b725-6cc9baadb95a,249,172.16.0.0/24,192.168.101.250,169.254.169.254/32,192.168.101.1,0.0.0.0/0,192.168.101.1
tag:subnet-9055c60a-2d0d-4487-b725-6cc9baadb95a,option:router,192.168.101.1
`);
});

it('without a router metadata is reached at the DHCP port, and the gateway is announced all the same', () => {
  const plain = subnetSpec({ id: 'b22ec034', cidr: '192.168.104.0/24' });
  const port = portSpec({
    ...{ id: 'p', mac: 'm', subnet: plain, address: '192.168.104.2' },
    device_owner: 'network:dhcp',
  });
  const netvlan = networkSpec({ id: 'n', subnets: [plain], ports: [port], isolated_subnet_ids: [plain.id] });
  expect(renderOptsFile(netvlan, settings)).toBe(`\
tag:subnet-b22ec034,option:classless-static-route,169.254.169.254/32,192.168.104.2,0.0.0.0/0,192.168.104.1
tag:subnet-b22ec034,249,169.254.169.254/32,192.168.104.2,0.0.0.0/0,192.168.104.1
tag:subnet-b22ec034,option:router,192.168.104.1
`);
});

it('a subnet without a gateway announces none, and several DHCP servers are name servers together', () => {
  const bare = subnetSpec({ id: 's', cidr: '10.0.0.0/24', gateway_ip: null });
  const servers = ['10.0.0.3', '10.0.0.2'].map((address, index) =>
    portSpec({ id: `p${index}`, mac: 'm', subnet: bare, address, device_owner: 'network:dhcp' }),
  );
  const network = networkSpec({ id: 'n', subnets: [bare], ports: servers });
  expect(renderOptsFile(network, settings)).toBe(
    'tag:subnet-s,option:dns-server,10.0.0.2,10.0.0.3\ntag:subnet-s,option:router\n',
  );
});

it('options of a port are tagged with its id, by name or by number, in the families it has addresses of', () => {
  const vm = portSpec({
    ...{ id: 'dc5146c6', mac: 'fa:16:3e:15:f8:46', subnet, address: '192.168.101.102' },
    extra_dhcp_opts: [
      { opt_name: 'bootfile-name', opt_value: 'pxelinux.0' },
      { opt_name: '66', opt_value: '10.0.0.9', ip_version: 4 },
      { opt_name: 'dns-server', opt_value: 'fd00::1', ip_version: 6 },
    ],
  });
  const network = networkSpec({ id: 'n', subnets: [subnet], ports: [vm] });
  expect(renderHostFile(network, '')).toBe(
    'fa:16:3e:15:f8:46,host-192-168-101-102,192.168.101.102,set:port-dc5146c6\n',
  );
  expect(renderOptsFile(network, settings)).toContain(
    'tag:port-dc5146c6,option:bootfile-name,pxelinux.0\ntag:port-dc5146c6,66,10.0.0.9\n',
  );
  expect(renderOptsFile(network, settings)).not.toContain('fd00::1');
});

it('an address in a subnet without DHCP has a name but no lease', () => {
  const quiet = subnetSpec({ id: 'q', cidr: '10.1.0.0/24', enable_dhcp: false });
  const vm = portSpec({ id: 'v', mac: 'm', subnet: quiet, address: '10.1.0.5' });
  const network = networkSpec({ id: 'n', subnets: [subnet, quiet], ports: [vm] });
  expect(renderHostFile(network, '')).toBe('');
  expect(renderAddnHostsFile(network, '')).toBe('10.1.0.5\thost-10-1-0-5 host-10-1-0-5\n');
});

it('the command line is the one Neutron uses', () => {
  const argv = dnsmasqArguments(net01, dnsmasqSettings);
  expect(argv.join(' ')).toBe(
    'dnsmasq --no-hosts --no-resolv --pid-file=/var/lib/neutron/dhcp/a04544a6-9710-47e1-95ac-60f41a2e2204/pid --dhcp-hostsfile=/var/lib/neutron/dhcp/a04544a6-9710-47e1-95ac-60f41a2e2204/host --addn-hosts=/var/lib/neutron/dhcp/a04544a6-9710-47e1-95ac-60f41a2e2204/addn_hosts --dhcp-optsfile=/var/lib/neutron/dhcp/a04544a6-9710-47e1-95ac-60f41a2e2204/opts --dhcp-leasefile=/var/lib/neutron/dhcp/a04544a6-9710-47e1-95ac-60f41a2e2204/leases --dhcp-match=set:ipxe,175 --dhcp-userclass=set:ipxe6,iPXE --local-service --bind-dynamic --dhcp-range=set:subnet-9055c60a-2d0d-4487-b725-6cc9baadb95a,192.168.101.0,static,255.255.255.0,86400s --dhcp-option-force=option:mtu,1450 --dhcp-lease-max=256 --conf-file=/dev/null --domain=openstacklocal.',
  );
});

const words = (given: Partial<typeof dnsmasqSettings>, network = net01) =>
  dnsmasqArguments(network, { ...dnsmasqSettings, ...given });

it('options of the agent change the command line', () => {
  expect(words({ dhcp_lease_duration: -1 })).toContain(
    `--dhcp-range=set:subnet-${subnet.id},192.168.101.0,static,255.255.255.0,infinite`,
  );
  expect(words({ dnsmasq_lease_max: 10 })).toContain('--dhcp-lease-max=10');
  expect(words({ dnsmasq_config_file: '/etc/dnsmasq-more.conf' })).toContain(
    '--conf-file=/etc/dnsmasq-more.conf',
  );
  expect(words({ dhcp_renewal_time: 60, dhcp_rebinding_time: 90, dhcp_broadcast_reply: true })).toEqual(
    expect.arrayContaining([
      ...['--dhcp-option-force=option:T1,60s', '--dhcp-option-force=option:T2,90s', '--dhcp-broadcast'],
    ]),
  );
  expect(words({ dnsmasq_local_resolv: true })).not.toContain('--no-resolv');
  expect(words({ dnsmasq_local_resolv: true, dnsmasq_dns_servers: ['9.9.9.9' as never] })).toEqual(
    expect.arrayContaining(['--no-resolv', '--server=9.9.9.9']),
  );
});

it('the name server 0.0.0.0 means that none is announced', () => {
  const silent = { ...subnet, dns_nameservers: ['0.0.0.0'] };
  expect(renderOptsFile({ ...net01, subnets: [silent] }, settings)).toMatch(
    /^tag:subnet-9055c60a-[^,]*,option:dns-server\n/,
  );
});

it('an identifier of the client is part of its host and no option of the answer', () => {
  const vm = portSpec({
    ...{ id: 'v', mac: 'm', subnet, address: '192.168.101.9' },
    extra_dhcp_opts: [{ opt_name: 'client-id', opt_value: 'ff:1' }],
  });
  const network = networkSpec({ id: 'n', subnets: [subnet], ports: [vm] });
  expect(renderHostFile(network, '')).toBe('m,id:ff:1,host-192-168-101-9,192.168.101.9\n');
  expect(renderOptsFile(network, settings)).not.toContain('ff:1');
});

it('an option cannot bring lines of its own into the file', () => {
  const vm = portSpec({
    ...{ id: 'v', mac: 'm', subnet, address: '192.168.101.9' },
    extra_dhcp_opts: [{ opt_name: 'root-path', opt_value: 'a\noption:router,192.168.101.66' }],
  });
  const network = networkSpec({ id: 'n', subnets: [subnet], ports: [vm] });
  expect(renderOptsFile(network, settings)).not.toContain('192.168.101.66');
});

it('each subnet of a network tells the way to the others', () => {
  const second = subnetSpec({ id: 's2', cidr: '10.2.0.0/24', gateway_ip: null });
  const network = networkSpec({ id: 'n', subnets: [subnet, second], ports: [] });
  expect(renderOptsFile(network, settings)).toContain(
    'tag:subnet-s2,option:classless-static-route,192.168.101.0/24,0.0.0.0\n',
  );
  expect(words({}, network).filter((word) => word.startsWith('--dhcp-range'))).toHaveLength(2);
});
