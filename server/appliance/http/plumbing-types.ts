// The part of the console's contract that says what nodes are plumbed of. The page meets it through types.ts.

/** A node as its kernel and its Open vSwitch have it, with the names that the cloud's API has for what they hold. */
export interface NodePlumbing {
  node: string;
  bridges: BridgeState[];
  namespaces: NamespaceState[];
  guests: GuestState[];
  devices: DeviceState[];
}

/** 'missing': Open vSwitch has a port for it, the kernel no device. */
export type LinkState = 'up' | 'down' | 'no-carrier' | 'missing';

export interface BridgeState {
  name: string;
  kind: 'openvswitch' | 'linux';
  state: LinkState;
  mac: string;
  /** With prefix length, of its own device. */
  addresses: string[];
}

export interface NamespaceState {
  /** 'qrouter-<uuid>'. A terminal in it has the place `netns:<node>:<name>`. */
  name: string;
  kind: 'router' | 'dhcp' | 'snat' | 'floating' | 'load-balancer' | 'other';
  /** What people call it: 'router01', 'DHCP of net01'. */
  title: string;
  object?: CloudObject;
}

/** An instance on its compute node. */
export interface GuestState {
  /** Nova's uuid. */
  id: string;
  title: string;
  isRunning: boolean;
}

/** What the cloud's API calls something. */
export interface CloudObject {
  resource: 'router' | 'network' | 'port' | 'server';
  id: string;
  /** Empty where its owner gave none. */
  name: string;
}

export interface NetworkName {
  id: string;
  name: string;
  /** 'VLAN 101', 'VNI 7'; empty for a network without a number. */
  segment: string;
}

/** A network device, or a port that only Open vSwitch knows (patch, tunnel). */
export interface DeviceState {
  /** Unique on its node: its name, behind the namespace's or the instance's where it is in one. */
  id: string;
  name: string;
  namespace?: string;
  /** Uuid of the instance it is inside of. */
  guest?: string;
  kind: 'nic' | 'veth' | 'internal' | 'tap' | 'patch' | 'tunnel' | 'vlan' | 'other';
  state: LinkState;
  mac?: string;
  /** With prefix length. */
  addresses: string[];
  /** The bridge it is a port of; of an internal port of Open vSwitch also when it is inside a namespace. */
  bridge?: string;
  /** A Linux bridge that holds it beside Open vSwitch (a VLAN where the kernel makes no VLAN devices). */
  linuxBridge?: string;
  /** Of an access port. */
  tag?: number;
  /** Id of the device at its other end: of a veth, a patch. */
  peer?: string;
  /** Name of the device that a VLAN is cut from. */
  parent?: string;
  /** Number of a VLAN device, a tunnel's key. */
  segment?: string;
  /** Far end of a tunnel. */
  remote?: string;
  /** Open vSwitch's reason for not using it. */
  problem?: string;
  port?: CloudObject;
  network?: NetworkName;
}
