// The namespaces of a distributed router, against what a real Neutron made for the same one.
import { expect, it } from 'vitest';
import {
  floatingOwnership,
  floatingTarget,
  planFloating,
} from '../../../../../server/cloud/agents/l3/distributed/floating-target.ts';
import type { HostNumbers } from '../../../../../server/cloud/agents/l3/distributed/numbers.ts';
import { distributedTarget } from '../../../../../server/cloud/agents/l3/distributed/router-target.ts';
import type { L3Config, NamespaceTarget } from '../../../../../server/cloud/agents/l3/target.ts';
import type { FoundNamespace, WantedNamespace } from '../../../../../server/cloud/agents/namespace-plan.ts';
import type { Tables } from '../../../../../server/host/iptables.ts';
import { agentConfig } from '../../../../support/agent-config.ts';
import { l3Options } from '../../../../../server/cloud/model/options/l3.ts';
import {
  agentGateway,
  distributedRouter,
  externalId,
  floatingIp,
  gateway,
  net01,
  routerId,
} from '../../../../support/distributed-router.ts';
import { portSpec, routerPortSpec, subnetSpec } from '../../../../support/network-specs.ts';

const numbers: HostNumbers = {
  pairOf: () => ['169.254.88.134', '169.254.88.135'],
  priorityOf: () => 51985,
  keepOnly: () => undefined,
};
const configOf = (host: string, agent_mode: string) =>
  agentConfig(l3Options, { host, agent_mode, external_network_bridge: '' });
const compute = configOf('gold-b', 'dvr');
const network = configOf('gold-a', 'dvr_snat');

const targetOf = (router = distributedRouter(), config: L3Config = compute) =>
  distributedTarget(router, config, numbers)!;
const part = (target: ReturnType<typeof targetOf>, prefix: string): NamespaceTarget =>
  target.namespaces.find(({ own }) => own.ns === `${prefix}${routerId}`)!;

const devicesOf = ({ devices, veths = [] }: WantedNamespace) =>
  [...veths, ...devices].map(({ name, mtu, addresses }) => `${name} mtu ${mtu} ${addresses.join(' ')}`);
const routesOf = ({ routes }: WantedNamespace) =>
  routes.map(
    ({ destination, nexthop, dev, table }) =>
      `${destination} via ${nexthop} dev ${dev}${table === undefined ? '' : ` table ${table}`}`,
  );
const rulesOf = ({ rules = [] }: WantedNamespace) =>
  rules.map(
    ({ priority, from = 'all', iif, table }) =>
      `${priority}: from ${from}${iif === undefined ? '' : ` iif ${iif}`} lookup ${table}`,
  );
const neighboursOf = ({ neighbours = [] }: WantedNamespace) =>
  neighbours.map(({ dev, address, mac }) => `${address} dev ${dev} lladdr ${mac}`);
const rulesIn = (tables: Tables, table: string, chain: string) =>
  tables[table]![`neutron-l3-agent-${chain}`]!;

it('a compute node has the router with its rules, tables and neighbours', () => {
  const { wanted } = part(targetOf(), 'qrouter-');
  expect(devicesOf(wanted)).toEqual([
    'rfp-fa96af8c-6 mtu 1500 169.254.88.134/31',
    'qr-a5ad5119-1c mtu 1450 192.168.101.1/24',
    'qr-537546c0-21 mtu 1450 192.168.102.1/24',
  ]);
  expect(rulesOf(wanted).sort()).toEqual([
    '3232261377: from 192.168.101.1/24 lookup 3232261377',
    '3232261633: from 192.168.102.1/24 lookup 3232261633',
    '51985: from 192.168.101.21 lookup 16',
  ]);
  expect(routesOf(wanted)).toEqual([
    'default via 192.168.101.29 dev qr-a5ad5119-1c table 3232261377',
    'default via 192.168.102.74 dev qr-537546c0-21 table 3232261633',
    'default via 169.254.88.135 dev rfp-fa96af8c-6 table 16',
  ]);
  expect(neighboursOf(wanted).slice(0, 4)).toEqual([
    '192.168.101.2 dev qr-a5ad5119-1c lladdr fa:16:3e:f5:a1:63',
    '192.168.101.21 dev qr-a5ad5119-1c lladdr fa:16:3e:90:86:c1',
    '192.168.102.2 dev qr-537546c0-21 lladdr fa:16:3e:a0:23:b9',
    '192.168.102.74 dev qr-537546c0-21 lladdr fa:16:3e:1e:68:2e',
  ]);
  expect(wanted.sysctls).toMatchObject({
    'net/ipv4/conf/all/send_redirects': 0,
    'net/ipv4/conf/qr-a5ad5119-1c/send_redirects': 0,
    'net/ipv4/conf/all/arp_ignore': 1,
    'net/ipv4/conf/all/arp_announce': 2,
  });
});

it('its floating IPs are translated where they leave for their namespace, and nowhere else', () => {
  const { tables } = part(targetOf(), 'qrouter-').wanted;
  expect(rulesIn(tables, 'nat', 'POSTROUTING')).toEqual([
    '! -o rfp-fa96af8c-6 -m conntrack ! --ctstate DNAT -j ACCEPT',
  ]);
  expect(rulesIn(tables, 'nat', 'PREROUTING').at(-1)).toBe(
    '-d 10.64.201.21/32 -i rfp-fa96af8c-6 -j DNAT --to-destination 192.168.101.21',
  );
  expect(rulesIn(tables, 'nat', 'OUTPUT')).toEqual([]);
  expect(rulesIn(tables, 'nat', 'float-snat')).toEqual([
    '-s 192.168.101.21/32 -j SNAT --to-source 10.64.201.21 --random-fully',
  ]);
  expect(rulesIn(tables, 'nat', 'snat')).toEqual(['-j neutron-l3-agent-float-snat']);
  expect(rulesIn(tables, 'mangle', 'scope')).toContain(
    '-i rfp-fa96af8c-6 -j MARK --set-xmark 0x4000000/0xffff0000',
  );
  expect(rulesIn(tables, 'filter', 'scope')).toContain(
    '-o rfp-fa96af8c-6 -m mark ! --mark 0x4000000/0xffff0000 -j DROP',
  );
});

it('the namespace of floating IPs answers for them and keeps no connections', () => {
  const { wanted } = floatingTarget([targetOf().share!], compute)!;
  expect(floatingOwnership(externalId).ns).toBe(`fip-${externalId}`);
  expect(devicesOf(wanted)).toEqual([
    'fpr-fa96af8c-6 mtu 1500 169.254.88.135/31',
    'fg-02cd15eb-47 mtu 1500 10.64.201.229/24',
  ]);
  expect(routesOf(wanted)).toEqual([
    '10.64.201.21 via 169.254.88.134 dev fpr-fa96af8c-6',
    'default via 10.64.201.254 dev fg-02cd15eb-47 table 2852018311',
  ]);
  expect(rulesOf(wanted)).toEqual(['2852018311: from all iif fpr-fa96af8c-6 lookup 2852018311']);
  expect(neighboursOf(wanted)).toEqual([
    `169.254.88.134 dev fpr-fa96af8c-6 lladdr ${part(targetOf(), 'qrouter-').wanted.veths![0]!.mac}`,
  ]);
  expect(wanted.sysctls).toMatchObject({
    'net/ipv4/ip_nonlocal_bind': 1,
    'net/ipv4/conf/fg-02cd15eb-47/proxy_arp': 1,
  });
  expect(rulesIn(wanted.tables, 'raw', 'PREROUTING')).toEqual(['-j CT --notrack']);
  expect(wanted.tables.nat).toBeUndefined();
});

it('the host that translates has the gateway and a port in every subnet', () => {
  const { wanted } = part(targetOf(distributedRouter(), network), 'snat-');
  expect(devicesOf(wanted)).toEqual([
    'sg-25befafb-0f mtu 1450 192.168.101.29/24',
    'sg-4ae977ad-3a mtu 1450 192.168.102.74/24',
    'qg-49a845ca-5a mtu 1500 10.64.201.91/24',
  ]);
  expect(routesOf(wanted)).toEqual(['default via 10.64.201.254 dev qg-49a845ca-5a']);
  expect(wanted.sysctls['net/ipv4/ip_nonlocal_bind']).toBe(0);
  expect(rulesIn(wanted.tables, 'nat', 'snat')).toEqual([
    '-j neutron-l3-agent-float-snat',
    '-o qg-49a845ca-5a -j SNAT --to-source 10.64.201.91 --random-fully',
    '-m mark ! --mark 0x2/0xffff -m conntrack --ctstate DNAT -j SNAT --to-source 10.64.201.91 --random-fully',
  ]);
  expect(rulesIn(wanted.tables, 'filter', 'scope')).toHaveLength(2);
  expect(rulesIn(wanted.tables, 'nat', 'PREROUTING')).toEqual([]);
  expect(targetOf(distributedRouter(), compute).namespaces).toHaveLength(1);
});

it('a floating IP is in force on the host of its instance, one of an unbound port where the gateway is', () => {
  const router = distributedRouter({
    floatingips: [
      floatingIp(),
      floatingIp({ id: 'shared', floating_ip_address: '10.64.201.30', host: null }),
    ],
  });
  expect(targetOf(router, compute).newStatuses).toEqual({ [floatingIp().id]: 'ACTIVE' });
  expect(targetOf(router, network).newStatuses).toEqual({ shared: 'ACTIVE' });
  expect(part(targetOf(router, network), 'snat-').floatingIps).toEqual(['10.64.201.30']);
  const down = { ...router, admin_state_up: false };
  expect(targetOf(down, compute).newStatuses).toEqual({});
  expect(targetOf(down, compute).share!.floatingIps).toEqual([]);
});

it('without a gateway no rule leads out, and an address that several share is asked for', () => {
  const shared = { subnet_id: net01.id, ip_address: '192.168.101.200' };
  const router = distributedRouter(
    { gw_port: null, external_network_id: null, floatingips: [] },
    {
      ...{ snat_interfaces: [], gw_port_host: null, agent_gateway: null },
      neighbours: [
        { ...shared, mac_address: 'fa:16:3e:00:00:01' },
        { ...shared, mac_address: 'fa:16:3e:00:00:02' },
      ],
    },
  );
  const { wanted } = part(targetOf(router), 'qrouter-');
  expect([wanted.rules, wanted.routes, wanted.neighbours, wanted.veths]).toEqual([[], [], [], []]);
});

it('IPv6 leaves by a port in the namespace of the gateway, is not translated, and nobody is told of it by ARP', () => {
  const subnet = subnetSpec({ id: 'six', cidr: 'fd00::/64', gateway_ip: 'fd00::1', ip_version: 6 });
  const six = (id: string, address: string) =>
    routerPortSpec(portSpec({ id, mac: 'fa:16:3e:00:00:06', subnet, address }), [subnet]);
  const router = distributedRouter(
    { interfaces: [six('66666666-6666', 'fd00::1')] },
    { snat_interfaces: [six('77777777-7777', 'fd00::5')] },
  );
  const { wanted, announced } = part(targetOf(router, network), 'qrouter-');
  expect(routesOf(wanted)).toContain('default via fd00::5 dev qr-66666666-66');
  expect(wanted.sysctls).toMatchObject({ 'net/ipv6/conf/all/forwarding': 1 });
  expect(wanted.tables6!.nat).toBeUndefined();
  expect(announced).toEqual([]);
  const snat = part(targetOf(router, network), 'snat-');
  expect(devicesOf(snat.wanted)[0]).toBe('sg-77777777-77 mtu 1500 fd00::5/64');
  expect(snat.wanted.sysctls).toMatchObject({ 'net/ipv6/conf/qg-49a845ca-5a/accept_ra': 2 });
});

it('an agent serves the routers of its mode', () => {
  expect(distributedTarget(distributedRouter(), configOf('gold-b', 'legacy'), numbers)).toBeUndefined();
  const internal = { ...compute, gateway_external_network_id: gateway.id };
  expect(distributedTarget(distributedRouter(), internal, numbers)).toBeUndefined();
});

it('a floating IP is announced by the port outside once the way to its router is there', () => {
  const own = floatingOwnership(externalId);
  const target = floatingTarget([targetOf().share!], compute)!;
  const nothing: FoundNamespace = {
    ...{ exists: true, links: [], addresses: [], routes: [], rules: [], neighbours: [], sysctls: {} },
    ...{ tables: {}, ports: new Map() },
  };
  const link = { ifindex: 1, mac: '', mtu: 1500, isUp: true, hasCarrier: true, kind: 'veth' };
  const veth = { ...link, name: 'fpr-fa96af8c-6' };
  const announced = (found: FoundNamespace) =>
    planFloating(target, found, own).flatMap((step) => (step.kind === 'announce' ? [step.address] : []));
  expect(announced(nothing)).toEqual(['10.64.201.229']);
  expect(announced({ ...nothing, links: [veth] })).toEqual(['10.64.201.229', '10.64.201.21']);
  const address = { dev: 'fg-02cd15eb-47', cidr: '10.64.201.229/24', family: 4 as const };
  const ready: FoundNamespace = {
    ...nothing,
    links: [veth, { ...link, name: 'fg-02cd15eb-47', mac: agentGateway.mac_address }],
    addresses: [{ ...address, scope: 'global', isReady: true }],
    routes: [{ ...target.wanted.routes[0]!, protocol: 'static' }],
  };
  expect(announced(ready)).toEqual([]);
  expect(announced({ ...ready, routes: [] })).toEqual(['10.64.201.21']);
});
