// The inside of a node as parts and the joints between them: NICs, bridges, tunnels, namespaces, instances. Pure.
import type {
  DeviceState,
  LinkState,
  NetworkName,
  NodePlumbing,
  NodeState,
  Place,
} from '../../../server/appliance/http/types.ts';

export type PartKind = 'nic' | 'bridge' | 'tunnels' | 'namespace' | 'guest' | 'device';

export interface Part {
  /** Unique on its node: 'bridge br-int'. */
  id: string;
  kind: PartKind;
  title: string;
  /** What it is, in a word or two. */
  note: string;
  state: LinkState | 'stopped';
  /** Where a terminal on it would be. */
  place?: Place;
  /** Interfaces to be seen inside it. */
  rows: DeviceState[];
}

/** A link between two parts, from the side of the wires to the side of the instances. */
export interface Joint {
  id: string;
  from: string;
  to: string;
  /** 'tag 1', 'VLAN 101'. */
  label: string;
  /** The devices it is made of. */
  devices: DeviceState[];
  network?: NetworkName;
  isDown: boolean;
}

export interface Inside {
  parts: Part[];
  joints: Joint[];
}

const namespaceNotes = {
  router: 'router',
  dhcp: 'DHCP',
  snat: 'SNAT',
  floating: 'floating IPs',
  'load-balancer': 'load balancer',
  other: 'namespace',
} as const;

/** Devices that Open vSwitch keeps for itself. */
const isHidden = ({ name, bridge }: DeviceState) => bridge === undefined && /^(vxlan|gre)_sys/.test(name);

export function insideOf(node: NodeState, plumbing: NodePlumbing | undefined): Inside {
  if (plumbing === undefined) {
    const parts = node.nics.map(({ name }): Part => ({
      ...{ id: `nic ${name}`, kind: 'nic', title: name, note: '', state: 'up', rows: [] },
    }));
    return { parts, joints: [] };
  }
  const devices = plumbing.devices.filter((device) => !isHidden(device));
  const byId = new Map(devices.map((device) => [device.id, device]));
  const loose = new Map<string, Part>();

  /** The part that holds an end of a link; a device that nothing holds is a part of its own. */
  const holderOf = (device: DeviceState): string => {
    if (device.namespace !== undefined) return `namespace ${device.namespace}`;
    if (device.guest !== undefined) return `guest ${device.guest}`;
    if (device.kind === 'nic') return `nic ${device.name}`;
    if (device.bridge !== undefined && device.kind === 'tunnel') return `tunnels ${device.bridge}`;
    if (device.bridge !== undefined && (device.peer !== undefined || device.kind === 'vlan'))
      return `bridge ${device.bridge}`;
    const id = `device ${device.id}`;
    loose.set(id, {
      ...{ id, kind: 'device', title: device.name, note: device.kind, rows: [] },
      state: device.state,
    });
    return id;
  };

  const joints = new Map<string, Joint>();
  const join = (from: string, to: string, ends: DeviceState[], label = '') => {
    const id = ends
      .map((end) => end.id)
      .sort()
      .join(' ');
    const tag = ends.find((end) => end.tag !== undefined)?.tag;
    const network = ends.find((end) => end.network !== undefined)?.network;
    joints.set(`${id} ${label}`, {
      ...{ id: `${id} ${label}`.trim(), from, to, devices: ends },
      label: label || (tag === undefined ? '' : `tag ${tag}`),
      ...(network === undefined ? {} : { network }),
      isDown: ends.some(({ state }) => state !== 'up'),
    });
  };
  for (const device of devices) {
    const peer = byId.get(device.peer ?? '');
    const holder = holderOf(device);
    if (peer !== undefined && device.kind !== 'nic') {
      if (device.id < peer.id || byId.get(peer.peer ?? '') !== device)
        join(holder, holderOf(peer), [device, peer]);
    } else if (device.kind === 'vlan' && device.parent !== undefined && device.bridge !== undefined) {
      const parent = byId.get(device.parent);
      if (parent !== undefined) join(holderOf(parent), holder, [device], `VLAN ${device.segment}`);
    } else if (device.bridge !== undefined && holder !== `bridge ${device.bridge}`)
      join(`bridge ${device.bridge}`, holder, [device]);
    if (device.linuxBridge !== undefined)
      join(`bridge ${device.bridge}`, `bridge ${device.linuxBridge}`, [device], `tag ${device.tag}`);
  }

  const within = (match: (device: DeviceState) => boolean) => devices.filter(match);
  const tunnelled = [
    ...new Set(
      within(({ kind, bridge }) => kind === 'tunnel' && bridge !== undefined).map(({ bridge }) => bridge!),
    ),
  ];
  const nics = within(({ kind }) => kind === 'nic');
  const parts: Part[] = [
    ...node.nics.map(({ name }): Part => {
      const device = nics.find((nic) => nic.name === name);
      const state = device?.state ?? 'missing';
      return { id: `nic ${name}`, kind: 'nic', title: name, note: '', state, rows: device ? [device] : [] };
    }),
    ...tunnelled.map((bridge): Part => ({
      ...{ id: `tunnels ${bridge}`, kind: 'tunnels', title: 'tunnels', note: `of ${bridge}`, state: 'up' },
      rows: within((device) => device.kind === 'tunnel' && device.bridge === bridge),
    })),
    ...plumbing.bridges.map(({ name, kind, state }): Part => ({
      ...{ id: `bridge ${name}`, kind: 'bridge', title: name, state, rows: [] },
      note: kind === 'linux' ? 'Linux bridge' : 'Open vSwitch',
    })),
    ...plumbing.namespaces.map(({ name, kind, title }): Part => ({
      ...{ id: `namespace ${name}`, kind: 'namespace', title, note: namespaceNotes[kind], state: 'up' },
      place: `netns:${node.name}:${name}`,
      rows: within(({ namespace }) => namespace === name),
    })),
    ...plumbing.guests.map(({ id, title, isRunning }): Part => ({
      ...{ id: `guest ${id}`, kind: 'guest', title, note: isRunning ? 'instance' : 'not running' },
      state: isRunning ? 'up' : 'stopped',
      ...(isRunning ? { place: `vm:${title}` } : {}),
      rows: within(({ guest }) => guest === id),
    })),
    ...loose.values(),
  ];
  const known = new Set(parts.map(({ id }) => id));
  const held = [...joints.values()].filter(({ from, to }) => known.has(from) && known.has(to) && from !== to);
  return { parts, joints: outward(parts, held) };
}

/** Turns every joint so that it leads away from the NICs. */
function outward(parts: Part[], joints: Joint[]): Joint[] {
  const depth = new Map(
    parts.filter(({ kind }) => kind === 'nic' || kind === 'tunnels').map(({ id }) => [id, 0]),
  );
  const ends: PartKind[] = ['namespace', 'guest'];
  const isEnd = new Set(parts.filter(({ kind }) => ends.includes(kind)).map(({ id }) => id));
  for (let level = 0; level < parts.length; level++)
    for (const { from, to } of joints)
      for (const [near, far] of [
        [from, to],
        [to, from],
      ] as const)
        if (depth.get(near) === level && !depth.has(far) && !isEnd.has(near)) depth.set(far, level + 1);
  const rank = (id: string) => (isEnd.has(id) ? parts.length : (depth.get(id) ?? parts.length - 1));
  return joints.map((joint) =>
    rank(joint.from) <= rank(joint.to) ? joint : { ...joint, from: joint.to, to: joint.from },
  );
}
