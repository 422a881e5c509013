// What the DHCP agent would do, without doing it.
import { expect, it } from 'vitest';
import { keyOfEvent } from '../../../../server/cloud/agents/dhcp/events.ts';
import { planDhcp, type DhcpStep } from '../../../../server/cloud/agents/dhcp/plan.ts';
import type { DhcpActual } from '../../../../server/cloud/agents/dhcp/actual.ts';
import { targetOf } from '../../../../server/cloud/agents/dhcp/desired.ts';
import { proxyPlace } from '../../../../server/cloud/agents/metadata-proxy.ts';
import { parseLeases } from '../../../../server/host/dnsmasq.ts';
import { dhcpOptions } from '../../../../server/cloud/model/options/dhcp.ts';
import { loadConfig } from '../../../../server/lib/config.ts';
import { networkSpec, portSpec, subnetSpec, uuid } from '../../../support/network-specs.ts';

const { DEFAULT: config } = loadConfig({ DEFAULT: dhcpOptions }, []);
const subnet = subnetSpec({ id: uuid('9055c60a'), cidr: '192.168.101.0/24' });
const dhcpPort = portSpec({
  ...{ id: uuid('2ee8a943-32'), mac: 'fa:16:3e:f5:a1:63', subnet, address: '192.168.101.2' },
  device_owner: 'network:dhcp',
});
const vm = portSpec({ id: uuid('dc5146c6'), mac: 'fa:16:3e:15:f8:46', subnet, address: '192.168.101.102' });
const network = networkSpec({ id: uuid('a04544a6'), subnets: [subnet], ports: [dhcpPort, vm] });
const target = targetOf(network, config)!;
const device = target.namespace.devices[0]!;

/** A host on which everything is as it should be. */
function asWanted(): DhcpActual {
  return {
    own: { ns: `qdhcp-${network.id}`, devicePrefixes: ['tap'], chainPrefix: 'neutron-dhcp-age' },
    namespace: {
      exists: true,
      links: [
        {
          ifindex: 9,
          name: device.name,
          mac: device.mac,
          mtu: 1500,
          isUp: true,
          hasCarrier: true,
          kind: 'tun',
        },
      ],
      addresses: [{ dev: device.name, cidr: '192.168.101.2/24', family: 4, scope: 'global', isReady: true }],
      rules: [],
      neighbours: [],
      routes: [{ destination: 'default', nexthop: '192.168.101.1', dev: device.name, protocol: 'static' }],
      sysctls: { 'net/ipv6/conf/default/accept_ra': '0' },
      tables: structuredClone(target.namespace.tables),
      ports: new Map([
        [
          device.name,
          {
            ...{ name: device.name, bridge: 'br-int', type: 'internal' },
            externalIds: { 'iface-id': dhcpPort.id, 'attached-mac': device.mac, 'iface-status': 'active' },
          },
        ],
      ]),
    },
    hasFolder: true,
    hasOthers: false,
    files: { ...target.files },
    leases: [],
    hasLeaseFile: true,
    dnsmasq: [{ pid: 873, argv: target.dnsmasq, netns: 7 }],
    netns: 7,
    proxy: { place: proxyPlace(config, network.id), config: undefined, processes: [], netns: 7 },
  };
}

const kinds = (steps: DhcpStep[]) => steps.map((step) => step.kind);

it('there is nothing to do when all is as wanted', () => {
  expect(planDhcp(target, asWanted())).toEqual([]);
});

it('a new port changes files and reloads dnsmasq, which is not restarted', () => {
  const before = asWanted();
  before.files.host = '';
  expect(planDhcp(target, before)).toMatchObject([{ kind: 'write-files', reloadPid: 873 }]);
});

it('other arguments restart dnsmasq', () => {
  const before = asWanted();
  before.dnsmasq = [{ pid: 873, argv: [...target.dnsmasq, '--domain=other'], netns: 7 }];
  expect(kinds(planDhcp(target, before))).toEqual(['stop-dnsmasq', 'start-dnsmasq']);
});

it('a dnsmasq in the remains of a deleted namespace is replaced', () => {
  const before = asWanted();
  before.netns = 8;
  expect(kinds(planDhcp(target, before))).toEqual(['stop-dnsmasq', 'start-dnsmasq']);
});

it('a dnsmasq whose file of leases is gone is replaced', () => {
  expect(kinds(planDhcp(target, { ...asWanted(), hasLeaseFile: false }))).toEqual([
    'stop-dnsmasq',
    'start-dnsmasq',
  ]);
});

it('of two dnsmasq one is stopped', () => {
  const before = asWanted();
  before.dnsmasq.push({ pid: 900, argv: target.dnsmasq, netns: 7 });
  expect(planDhcp(target, before)).toMatchObject([{ kind: 'stop-dnsmasq', pids: [900] }]);
});

it('a lease that no port is entitled to is released', () => {
  const before = asWanted();
  before.leases = parseLeases(`\
1795431834 fa:16:3e:15:f8:46 192.168.101.102 host-192-168-101-102 01:fa:16:3e:15:f8:46
1795431834 fa:16:3e:90:86:c1 192.168.101.21 host-192-168-101-21 *
duid 00:01:00:01
`);
  expect(planDhcp(target, before)).toMatchObject([
    { kind: 'release-lease', device: 'tap2ee8a943-32', lease: { address: '192.168.101.21', clientId: '*' } },
  ]);
});

it('an IPv6 lease belongs to whom its identifier names; without a name in it the address counts', () => {
  const six = subnetSpec({
    ...{ id: uuid('66666666'), cidr: 'fd00::/64', ip_version: 6, gateway_ip: null },
    ipv6_address_mode: 'dhcpv6-stateful',
  });
  const port = portSpec({ id: uuid('f0'), mac: 'fa:16:3e:00:00:05', subnet: six, address: 'fd00::5' });
  const dual = { ...network, subnets: [subnet, six], ports: [dhcpPort, vm, port] };
  const leases = parseLeases(`\
duid 00:01:00:01:2c:5a:0d:4a:fa:16:3e:f5:a1:63
1795431834 16318014 fd00::5 host-fd00--5 00:03:00:01:fa:16:3e:00:00:05
1795431834 16318015 fd00::5 host-fd00--5 00:03:00:01:fa:16:3e:00:00:66
1795431834 16318016 fd00::5 host-fd00--5 00:04:11:22
1795431834 16318017 fd00::9 * 00:04:11:22
`);
  const steps = planDhcp(targetOf(dual, config), { ...asWanted(), leases });
  const released = steps.flatMap((step) => (step.kind === 'release-lease' ? [step.lease.ipv6] : []));
  expect(released).toEqual([
    { iaid: '16318015', serverId: '00:01:00:01:2c:5a:0d:4a:fa:16:3e:f5:a1:63' },
    { iaid: '16318017', serverId: '00:01:00:01:2c:5a:0d:4a:fa:16:3e:f5:a1:63' },
  ]);
});

it('a device without its switch is plugged anew, with all that was on it', () => {
  const before = asWanted();
  before.namespace.links[0]!.hasCarrier = false;
  expect(kinds(planDhcp(target, before))).toEqual(['plug', 'ip', 'ip', 'ip']);
});

it('a network that is gone is taken apart from the process to the files', () => {
  expect(kinds(planDhcp(undefined, asWanted()))).toEqual([
    ...['stop-dnsmasq', 'unplug', 'remove-namespace', 'remove-files'],
  ]);
});

it('where namespaces are not deleted, the empty one of a network that is gone stays', () => {
  expect(kinds(planDhcp(undefined, asWanted(), { keepsNamespace: true }))).toEqual([
    ...['stop-dnsmasq', 'unplug', 'remove-files'],
  ]);
});

it('without namespaces the last network takes the rules away, and none touches what it shares with the node', () => {
  const { DEFAULT: rootConfig } = loadConfig({ DEFAULT: { ...dhcpOptions } }, []);
  const root = { ...rootConfig, use_namespaces: false, enable_isolated_metadata: true };
  const rootTarget = targetOf({ ...network, isolated_subnet_ids: [subnet.id] }, root)!;
  expect(rootTarget.namespace.routes).toEqual([]);
  expect(rootTarget.namespace.devices[0]!.addresses).toEqual(['192.168.101.2/24']);
  expect(rootTarget.proxy).toBeUndefined();
  expect(rootTarget.files.opts).not.toContain('169.254.169.254');
  expect(rootTarget.dnsmasq).toEqual(
    expect.arrayContaining(['--interface=tap2ee8a943-32', '--except-interface=lo', '--bind-dynamic']),
  );
  const there = asWanted();
  const shared = { ...there, own: { ...there.own, ns: undefined } };
  const last = kinds(planDhcp(undefined, shared));
  expect(last).toEqual(['stop-dnsmasq', 'unplug', 'load-rules', 'remove-files']);
  expect(kinds(planDhcp(undefined, { ...shared, hasOthers: true }))).not.toContain('load-rules');
});

it('a port without a namespace is found through the file that names it', () => {
  const before = asWanted();
  before.namespace = { ...before.namespace, exists: false, links: [] };
  before.dnsmasq = [];
  expect(planDhcp(undefined, before)).toMatchObject([
    { kind: 'unplug', name: 'tap2ee8a943-32', bridge: 'br-int' },
    { kind: 'remove-files' },
  ]);
});

it('a network that is down, without DHCP or without a port for it is not served', () => {
  expect(targetOf(null, config)).toBeUndefined();
  expect(targetOf({ ...network, admin_state_up: false }, config)).toBeUndefined();
  expect(targetOf({ ...network, dhcp_port: null }, config)).toBeUndefined();
  const quiet = { ...network, subnets: [{ ...subnet, enable_dhcp: false }] };
  expect(targetOf(quiet, config)).toBeUndefined();
});

it('an event names its network plainly or inside the resource', () => {
  expect(keyOfEvent({ network_id: 'n', port_id: 'p' })).toEqual({ networkId: 'n', portId: 'p' });
  expect(keyOfEvent({ port: { id: 'p', network_id: 'n' } })).toEqual({ networkId: 'n', portId: 'p' });
  expect(keyOfEvent({ network: { id: 'n' } })).toEqual({ networkId: 'n' });
  expect(keyOfEvent({ subnet_id: 's' })).toEqual({});
});
