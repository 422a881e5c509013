import elk from 'elkjs/lib/elk.bundled.js';
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import type { DeviceState, LabState, NodePlumbing, NodeState } from '../../../server/appliance/http/types.ts';
import { readLook } from '../../../server/appliance/observe/read-look.ts';
import { arrange, isLower, prefersTwoRows } from '../../../web/src/topology/arrange.ts';
import { factsOf, farNode } from '../../../web/src/topology/facts.ts';
import { insideOf } from '../../../web/src/topology/inside.ts';
import {
  inOrder,
  placeInside,
  shapeOf,
  type PlacedInside,
  type Rect,
} from '../../../web/src/topology/place-inside.ts';

const layout = new elk.default();
const node = (name: string, wires: Record<string, string>): NodeState => ({
  ...{ name, role: name, phase: 'ready', progress: 1, doing: '' },
  nics: Object.entries(wires).map(([nic, wire]) => ({ name: nic, wire })),
});
const network = node('network', { mgmt0: 'management', eth0: 'external', eth1: 'data' });
const compute1 = node('compute1', { mgmt0: 'management', eth1: 'data' });
const recorded = ({ name, nics }: NodeState) =>
  readLook(
    name,
    nics.map((nic) => nic.name),
    readFileSync(new URL(`../fixtures/node-observe-${name}.json`, import.meta.url), 'utf8'),
  );
const lab: LabState = {
  ...{ id: 'x', entry: 'demo', title: 'Demo', phase: 'ready', startedAt: '', steps: [], terminals: [] },
  gating: 'free',
  wires: [{ name: 'external' }, { name: 'data' }, { name: 'management' }],
  nodes: [network, compute1],
  instances: [],
  plumbing: [recorded(network), recorded(compute1)],
};
const insides = new Map(lab.nodes.map((one, index) => [one.name, insideOf(one, lab.plumbing![index])]));
const empty = { node: 'compute1', bridges: [], namespaces: [], guests: [], devices: [] };
const device = (id: string, more: Partial<DeviceState>): DeviceState => ({
  ...{ id, name: id, kind: 'veth', state: 'up', addresses: [] },
  ...more,
});

/** Parts from the wire to an end, by what joins them. */
function waysTo(name: string, end: string): string[] {
  const { joints } = insides.get(name)!;
  return joints.filter(({ to }) => to === end).flatMap(({ from }) => [...waysTo(name, from), from]);
}
const overlap = (a: Rect, b: Rect) =>
  a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
const pairs = <T>(all: T[]) => all.flatMap((a, index) => all.slice(index + 1).map((b) => [a, b] as const));

it('joins an instance to the wire through every device on its way', () => {
  const [guest] = insides.get('compute1')!.parts.filter(({ kind }) => kind === 'guest');
  const ways = waysTo('compute1', guest!.id);
  expect(ways.map((id) => id.replace(/qbr.*/, 'qbr'))).toEqual([
    'nic eth1',
    'bridge br-eth1',
    'bridge br-int',
    'bridge qbr',
  ]);
  expect(guest!.rows.map(({ name }) => name)).toEqual(['eth0']);
});

it('joins a router to the bridges of all its ports, with their tags', () => {
  const { parts, joints } = insides.get('network')!;
  const router = parts.find(({ note }) => note === 'router')!;
  expect(router.place).toBe(`netns:network:${router.id.replace('namespace ', '')}`);
  const own = joints.filter(({ to }) => to === router.id).map(({ from, label }) => `${from} ${label}`.trim());
  expect(own.sort()).toEqual(['bridge br-ex', 'bridge br-int tag 1', 'bridge br-int tag 2']);
});

it('shows devices of every other kind: VLANs, tunnels, patches, and what hangs in the air', () => {
  const bridges = ['br-int', 'br-tun'].map((name) => ({
    ...{ name, kind: 'openvswitch' as const, state: 'up' as const, mac: '', addresses: [] },
  }));
  const plumbing: NodePlumbing = {
    ...empty,
    bridges: [...bridges, { name: 'brq1', kind: 'linux', state: 'up', mac: '', addresses: [] }],
    devices: [
      device('eth1', { kind: 'nic' }),
      device('eth1.101', { kind: 'vlan', parent: 'eth1', segment: '101', bridge: 'brq1' }),
      device('patch-tun', { kind: 'patch', bridge: 'br-int', peer: 'patch-int' }),
      device('patch-int', { kind: 'patch', bridge: 'br-tun', peer: 'patch-tun' }),
      device('vxlan-1', { kind: 'tunnel', bridge: 'br-tun', remote: '192.168.1.11' }),
      device('tap9', { kind: 'other', state: 'missing', bridge: 'br-int', tag: 4 }),
    ],
  };
  const { parts, joints } = insideOf(compute1, plumbing);
  expect(joints.map(({ from, to, label }) => `${from} > ${to} ${label}`.trim()).sort()).toEqual([
    'bridge br-int > device tap9 tag 4',
    'bridge br-tun > bridge br-int',
    'nic eth1 > bridge brq1 VLAN 101',
    'tunnels br-tun > bridge br-tun',
  ]);
  expect(parts.find(({ id }) => id === 'device tap9')).toMatchObject({ state: 'missing' });
  expect(parts.find(({ id }) => id === 'tunnels br-tun')!.rows[0]!.remote).toBe('192.168.1.11');
  expect(farNode(lab, '192.168.1.11')).toBe('network');
});

it('shows only the NICs of a node that tells nothing', () => {
  expect(insideOf(compute1, undefined)).toMatchObject({
    parts: [{ id: 'nic mgmt0' }, { id: 'nic eth1' }],
    joints: [],
  });
});

it('places the parts of a node without overlap, NICs at the side of the wires', async () => {
  for (const direction of ['UP', 'DOWN'] as const)
    for (const inside of insides.values()) {
      const { parts, height } = await placeInside(layout, inside, direction);
      expect([...parts.keys()].sort()).toEqual(inside.parts.map(({ id }) => id).sort());
      for (const [a, b] of pairs([...parts.values()])) expect(overlap(a, b)).toBe(false);
      const nic = parts.get('nic eth1')!;
      const edge = direction === 'UP' ? height - nic.y - nic.height : nic.y;
      expect(edge).toBeLessThan(20);
    }
});

it('moves nothing for a change of state and keeps the order of parts when one is new', async () => {
  const inside = insides.get('network')!;
  const off = { ...inside, parts: inside.parts.map((part) => ({ ...part, state: 'down' as const })) };
  expect(shapeOf(off)).toBe(shapeOf(inside));
  const before = await placeInside(layout, inside, 'UP');
  const known = inOrder(before);
  const fresh = { ...inside.parts.find(({ kind }) => kind === 'namespace')!, id: 'namespace aaa' };
  const after = await placeInside(layout, { ...inside, parts: [fresh, ...inside.parts] }, 'UP', known);
  const namespaces = (placed: PlacedInside) =>
    inOrder(placed).filter((id) => id.startsWith('namespace') && id !== fresh.id);
  expect(namespaces(after)).toEqual(namespaces(before));
});

it('arranges nodes and wires without overlap, in one row or two as there is room', async () => {
  const placed = new Map<string, PlacedInside>();
  for (const [name, inside] of insides) placed.set(name, await placeInside(layout, inside, 'UP'));
  for (const isBelow of [() => false, isLower]) {
    const { nodes, wires } = arrange(lab, placed, isBelow);
    for (const [a, b] of pairs([...nodes.values(), ...wires.values()])) expect(overlap(a, b)).toBe(false);
  }
  expect(prefersTwoRows(lab, placed, { width: 400, height: 1000 }, undefined)).toBe(true);
  expect(prefersTwoRows(lab, placed, { width: 1000, height: 300 }, undefined)).toBe(false);
  // A little more room on one side throws nothing about.
  const room = {
    width: arrange(lab, placed, () => false).width,
    height: arrange(lab, placed, isLower).height * 0.85,
  };
  expect(prefersTwoRows(lab, placed, room, undefined)).toBe(false);
  expect(prefersTwoRows(lab, placed, room, true)).toBe(true);
});

it('tells of a part where it is, what it is called at the API and how to see it', () => {
  const uuid = '4a23a630-93db-4c6d-9b7b-a588f31e603c';
  const named = lab.plumbing!.map((one) => ({
    ...one,
    namespaces: one.namespaces.map((namespace) =>
      namespace.kind === 'router'
        ? {
            ...namespace,
            title: 'router01',
            object: { resource: 'router' as const, id: uuid, name: 'router01' },
          }
        : namespace,
    ),
  }));
  const part = insideOf(network, named[0]).parts.find(({ title }) => title === 'router01');
  const facts = factsOf({ ...lab, plumbing: named }, network, part);
  expect(facts.title).toBe('router01 on network');
  expect(facts.interfaces.map(({ name }) => name.slice(0, 3))).toEqual(['qg-', 'qr-', 'qr-']);
  expect(facts.commands).toContainEqual({ place: 'controller', text: `neutron router-show ${uuid}` });
});
