// What is told of a node or of a part of it when it is looked at: terms with their values, interfaces, commands to see it. Pure.
import type {
  DeviceState,
  LabState,
  NodeState,
  PlacedCommand,
} from '../../../server/appliance/http/types.ts';
import type { Part } from './inside.ts';

export interface Facts {
  title: string;
  terms: [term: string, value: string][];
  interfaces: DeviceState[];
  commands: PlacedCommand[];
}

export const stateWords = {
  up: 'up',
  down: 'down',
  'no-carrier': 'no carrier',
  missing: 'device missing',
  stopped: 'not running',
} as const;

export const networkWords = ({ network }: Pick<DeviceState, 'network'>): string =>
  network === undefined
    ? ''
    : [network.name || network.id.slice(0, 8), network.segment].filter(Boolean).join(' · ');

export function factsOf(lab: LabState, node: NodeState, part: Part | undefined): Facts {
  const plumbing = lab.plumbing?.find((one) => one.node === node.name);
  const here = (text: string): PlacedCommand => ({ place: node.name, text });
  const api = (text: string): PlacedCommand => ({ place: 'controller', text });
  if (part === undefined)
    return {
      title: node.name,
      terms: [
        ['State', [node.phase, node.doing].filter(Boolean).join(', ')],
        ...node.nics.map(({ name, wire }): [string, string] => [name, `on the wire ${wire}`]),
      ],
      interfaces: plumbing?.devices.filter(({ kind }) => kind === 'nic') ?? [],
      commands: [here('ip -brief address'), ...(plumbing?.bridges.length ? [here('ovs-vsctl show')] : [])],
    };
  const name = part.id.slice(part.id.indexOf(' ') + 1);
  const state: [string, string] = ['State', stateWords[part.state]];
  switch (part.kind) {
    case 'nic': {
      const wire = node.nics.find((nic) => nic.name === name)?.wire;
      return {
        title: `${name} of ${node.name}`,
        terms: [...(wire ? [['Wire', wire] as [string, string]] : []), state],
        interfaces: part.rows,
        commands: [here(`ip -d link show ${name}`)],
      };
    }
    case 'bridge': {
      const bridge = plumbing?.bridges.find((one) => one.name === name);
      const isSwitch = bridge?.kind === 'openvswitch';
      return {
        title: `${name} on ${node.name}`,
        terms: [
          ['Kind', isSwitch ? 'Open vSwitch' : 'Linux bridge'],
          state,
          ['MAC', bridge?.mac ?? ''],
          ['Addresses', bridge?.addresses.join(', ') ?? ''],
        ],
        interfaces:
          plumbing?.devices.filter((device) => device.bridge === name || device.linuxBridge === name) ?? [],
        commands: isSwitch
          ? [here(`ovs-vsctl list-ports ${name}`), here(`ovs-ofctl dump-flows ${name}`)]
          : [here(`ip link show master ${name}`)],
      };
    }
    case 'tunnels':
      return {
        title: `Tunnels of ${name} on ${node.name}`,
        terms: [],
        interfaces: part.rows,
        commands: [here('ovs-vsctl show')],
      };
    case 'namespace': {
      const object = plumbing?.namespaces.find((one) => one.name === name)?.object;
      const verb = object?.resource === 'router' ? 'router' : 'net';
      return {
        title: `${part.title} on ${node.name}`,
        terms: [
          ['Namespace', name],
          object === undefined
            ? ['At the API', 'nothing of this id']
            : [`At the API`, `${object.resource} ${object.id}`],
        ],
        interfaces: part.rows,
        commands: [
          here(`ip netns exec ${name} ip address`),
          here(`ip netns exec ${name} ip route`),
          ...(object === undefined ? [] : [api(`neutron ${verb}-show ${object.id}`)]),
        ],
      };
    }
    case 'guest':
      return {
        title: `${part.title} on ${node.name}`,
        terms: [state, ['Instance', name]],
        interfaces: part.rows,
        commands: [api(`nova show ${name}`)],
      };
    case 'device':
      return {
        title: `${part.title} on ${node.name}`,
        terms: [['Kind', part.note], state],
        interfaces: plumbing?.devices.filter(({ id }) => id === name) ?? [],
        commands: [here(`ip -d link show ${part.title}`)],
      };
  }
}

/** The node whose address a tunnel leads to, if there is one. */
export function farNode(lab: Pick<LabState, 'plumbing'>, remote: string): string | undefined {
  return lab.plumbing?.find(({ bridges, devices }) =>
    [...bridges, ...devices].some(({ addresses }) =>
      addresses.some((address) => address.startsWith(`${remote}/`)),
    ),
  )?.node;
}
