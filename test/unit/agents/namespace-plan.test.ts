// What a namespace with routing policy, permanent neighbours and a veth pair lacks, and what in it is somebody else's.
import { expect, it } from 'vitest';
import {
  planNamespace,
  type FoundNamespace,
  type NamespaceStep,
  type WantedNamespace,
} from '../../../server/cloud/agents/namespace-plan.ts';

const own = { ns: 'qrouter-1', devicePrefixes: ['qr-', 'rfp-'], chainPrefix: 'neutron-l3-agent' };
const veth = {
  ...{ name: 'rfp-1', mac: '02:00:00:00:00:01', mtu: 1500, addresses: ['169.254.88.134/31'] },
  peer: { name: 'fpr-1', mac: '02:00:00:00:00:02', ns: 'fip-1' },
};
const wanted: WantedNamespace = {
  ...{ devices: [], tables: {}, veths: [veth] },
  routes: [{ destination: 'default', nexthop: '169.254.88.135', dev: 'rfp-1', table: '16' }],
  sysctls: { 'net/ipv4/ip_forward': 1, 'net/ipv4/conf/rfp-1/proxy_arp': 1 },
  rules: [{ priority: 51985, from: '192.168.101.21', table: '16' }],
  neighbours: [{ dev: 'rfp-1', address: '169.254.88.135', mac: '02:00:00:00:00:02' }],
};
const link = { ifindex: 2, name: 'rfp-1', mac: veth.mac, mtu: 1500, isUp: true, hasCarrier: true };
const found: FoundNamespace = {
  ...{ exists: true, tables: {}, ports: new Map() },
  links: [{ ...link, kind: 'veth' }],
  addresses: [{ dev: 'rfp-1', cidr: '169.254.88.134/31', family: 4, scope: 'global', isReady: true }],
  routes: [{ ...wanted.routes[0]!, protocol: 'static' }],
  rules: [...wanted.rules!, { priority: 32766, table: 'main' }],
  neighbours: [{ ...wanted.neighbours![0]!, protocol: 'static' }],
  sysctls: { 'net/ipv4/ip_forward': '1', 'net/ipv4/conf/rfp-1/proxy_arp': '1' },
};
const words = (steps: NamespaceStep[]) =>
  steps.map((step) => (step.kind === 'ip' ? step.args.join(' ') : step.kind));

it('what is as wanted needs no step', () => {
  expect(planNamespace(wanted, found, own)).toEqual([]);
});

it('the pair comes first, then what goes through it', () => {
  const empty = { ...found, links: [], addresses: [], routes: [], rules: [], neighbours: [], sysctls: {} };
  expect(words(planNamespace(wanted, empty, own))).toEqual([
    'set-sysctls',
    'add-veth',
    'set-sysctls',
    'link set dev rfp-1 address 02:00:00:00:00:01 mtu 1500 up',
    'address replace 169.254.88.134/31 brd + dev rfp-1',
    'neighbour replace 169.254.88.135 lladdr 02:00:00:00:00:02 dev rfp-1 nud permanent protocol static',
    'route replace default via 169.254.88.135 dev rfp-1 proto static table 16',
    'rule add from 192.168.101.21 lookup 16 priority 51985',
  ]);
});

it('an end that the other namespace has yet to make is waited for', () => {
  const { peer: _, ...end } = veth;
  const target = { ...wanted, veths: [end], sysctls: {}, rules: [] };
  expect(planNamespace(target, { ...found, links: [], routes: [], rules: [], neighbours: [] }, own)).toEqual(
    [],
  );
});

it('a route is another one in another table', () => {
  const routes = [{ destination: 'default', nexthop: '169.254.88.135', dev: 'rfp-1', protocol: 'static' }];
  expect(words(planNamespace(wanted, { ...found, routes }, own))).toEqual([
    'route delete default via 169.254.88.135 dev rfp-1 proto static',
    'route replace default via 169.254.88.135 dev rfp-1 proto static table 16',
  ]);
});

it('rules and neighbours of ours that are not wanted go, those of others stay', () => {
  const stranger = { dev: 'qr-1', address: '192.168.101.9', mac: '02:00:00:00:00:09' };
  const steps = planNamespace(
    wanted,
    {
      ...found,
      rules: [
        ...found.rules,
        { priority: 100, from: '10.0.0.0/8', table: '100' },
        { priority: 101, from: '10.0.0.0/8', table: '5' },
        { priority: 3232261633, from: '192.168.102.1/24', table: '3232261633' },
        { priority: 40000, from: '192.168.101.22', table: '16' },
      ],
      neighbours: [
        ...found.neighbours,
        stranger,
        { ...stranger, address: '192.168.101.10', protocol: 'static' },
      ],
    },
    own,
  );
  expect(words(steps)).toEqual([
    'neighbour delete 192.168.101.10 dev qr-1',
    'rule delete from 192.168.102.1/24 lookup 3232261633 priority 3232261633',
    'rule delete from 192.168.101.22 lookup 16 priority 40000',
  ]);
});

it('a neighbour known by a wrong address, or set by hand, is set right', () => {
  const neighbours = [{ ...found.neighbours[0]!, mac: '02:00:00:00:00:0f' }];
  expect(words(planNamespace(wanted, { ...found, neighbours }, own))).toHaveLength(1);
  expect(words(planNamespace(wanted, { ...found, neighbours: wanted.neighbours! }, own))).toHaveLength(1);
});
