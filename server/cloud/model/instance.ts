// What the Compute API and its compute nodes say to each other about instances (topics `conductor` and `compute`).

/** A network interface of an instance; the Networking port is its truth, this is what was read last. */
export interface VifSpec {
  port_id: string;
  network_id: string;
  network_name: string;
  mac_address: string;
  mtu: number;
  fixed_ips: { subnet_id: string; ip_address: string }[];
  /** Made by the user: it stays, unbound, when the instance goes. */
  preserve_on_delete: boolean;
  /** How Networking bound the port; undefined: as `hybrid`. */
  plug?: VifPlug;
}

/** hybrid: by a Linux bridge of its own into Open vSwitch; ovs: straight into it; bridge: into its network's Linux bridge. */
export type VifPlug = 'hybrid' | 'ovs' | 'bridge';

/** What a user asked for: a network, a port, or an address of a network. */
export interface RequestedNetwork {
  network_id?: string;
  port_id?: string;
  fixed_ip?: string;
}

/**
 * What a compute node should do with an instance. `none`: it failed; nothing of it runs. `kept`: it has moved away, and its
 * disk stays until that is confirmed. `leaving` and `arriving`: it is on its way as it runs, from this host or to it.
 */
export type WantedState =
  'running' | 'stopped' | 'paused' | 'suspended' | 'none' | 'kept' | 'leaving' | 'arriving' | 'deleted';

/** Answer of `instance_get` and `instances_get_by_host`: an instance that belongs on the asking host. */
export interface InstanceSpec {
  uuid: string;
  name: string;
  hostname: string;
  project_id: string;
  image_id: string;
  memory_mb: number;
  disk_gb: number;
  availability_zone: string;
  wanted: WantedState;
  vm_state: string;
  task_state: string | null;
  /** Grows with every reboot: an older guest is started anew. */
  generation: number;
  /** Grows with every rebuild: an older disk is thrown away. */
  rebuilds: number;
  requested_networks: RequestedNetwork[];
  /** Ids; null leaves the choice to Networking. */
  security_group_ids: string[] | null;
  /** Null until ports were allocated. */
  network_info: VifSpec[] | null;
  /** The host that has its disk, while it moves; null: the disk is here or to be made. */
  disk_from: string | null;
  /** Path to content, in base64; null where none was asked for. */
  config_drive: Record<string, string> | null;
}

/** Argument of `instance_update`: what became of an instance. */
export interface InstanceReport {
  uuid: string;
  host: string;
  vm_state?: string;
  task_state?: string | null;
  power_state?: number;
  network_info?: VifSpec[];
  fault?: Omit<Fault, 'created'>;
  /** Everything of it is gone from the host. */
  is_deleted?: boolean;
  /** The instance ended by itself. */
  wanted?: WantedState;
  /** Of a live migration: everything of the instance is here, stopped; or it will not come about. */
  migration?: 'arrived' | 'failed';
}

/** Argument of `build_failed`: a new instance cannot be started on a host. */
export interface BuildFailure {
  uuid: string;
  host: string;
  /** One sentence for people. */
  reason: string;
  /** The host is to blame: on another one it may start. */
  is_local: boolean;
}

/** Why an instance is in ERROR; `created` in ISO 8601. */
export interface Fault {
  code: number;
  created: string;
  message: string;
  /** What led to it; of a code 500 administrators see it only. */
  details?: string;
}

/** What the scheduler must remember of an instance until it runs. */
export interface RequestSpec {
  /** '' for any zone. */
  zone: string;
  /** Forced by `zone:host`. */
  host: string | null;
  /** Instances that must be elsewhere. */
  different_host: string[];
  /** Hosts that could not start it, in their order. */
  failures: { host: string; reason: string }[];
}

/** Argument of `report_state`. */
export interface ServiceReport {
  host: string;
  binary: string;
  zone: string;
  /** Where it is reached by the other services. */
  host_ip: string;
  memory_mb: number;
  vcpus: number;
  /** Of the file system of instances: its size, and what is free of it. */
  local_gb: number;
  disk_available_gb: number;
}

/** The values of OS-EXT-STS:power_state. */
export const powerState = {
  none: 0,
  running: 1,
  paused: 3,
  shutdown: 4,
  crashed: 6,
  suspended: 7,
} as const;
