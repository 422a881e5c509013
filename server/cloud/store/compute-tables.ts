// The tables of the Compute API: instances, keypairs, and the services that run them.
import type { Fault, RequestedNetwork, RequestSpec, VifSpec, WantedState } from '../model/instance.ts';
import type { Schema } from './migrate.ts';
import { defineTable } from './table.ts';

export interface InstanceRow {
  id: string;
  /** Counted from 1: `instance-00000001`, `i-00000001`. */
  number: number;
  name: string;
  hostname: string;
  project_id: string;
  user_id: string;
  image_id: string;
  flavor_id: string;
  key_name: string | null;
  key_data: string | null;
  /** As sent, in base64. */
  user_data: string | null;
  /** The password of its administrator that the instance told, encrypted by it; null until it does. */
  server_password: string | null;
  metadata: Record<string, string>;
  config_drive: boolean;
  access_ipv4: string;
  access_ipv6: string;
  availability_zone: string;
  host: string | null;
  /** Where it came from, with its disk as it was, until its move is confirmed or taken back. */
  old_host: string | null;
  old_flavor_id: string | null;
  /** Where it goes as it runs, until it is there. */
  new_host: string | null;
  /** Null in rows of programs that did not remember it. */
  request_spec: RequestSpec | null;
  vm_state: string;
  task_state: string | null;
  power_state: number;
  wanted: WantedState;
  generation: number;
  rebuilds: number;
  requested_networks: RequestedNetwork[];
  security_groups: string[];
  security_group_ids: string[] | null;
  network_info: VifSpec[] | null;
  fault: Fault | null;
  created_at: string;
  updated_at: string;
  launched_at: string | null;
  terminated_at: string | null;
}

export const instances = defineTable<InstanceRow>({
  name: 'instances',
  columns: {
    id: { type: 'varchar', length: 36 },
    number: { type: 'int' },
    name: { type: 'varchar' },
    hostname: { type: 'varchar' },
    project_id: { type: 'varchar', length: 64 },
    user_id: { type: 'varchar', length: 64 },
    image_id: { type: 'varchar', length: 64 },
    flavor_id: { type: 'varchar', length: 64 },
    key_name: { type: 'varchar', nullable: true },
    key_data: { type: 'text', nullable: true },
    user_data: { type: 'text', nullable: true },
    server_password: { type: 'text', nullable: true },
    metadata: { type: 'json' },
    config_drive: { type: 'bool' },
    access_ipv4: { type: 'varchar', length: 64 },
    access_ipv6: { type: 'varchar', length: 64 },
    availability_zone: { type: 'varchar' },
    host: { type: 'varchar', nullable: true },
    old_host: { type: 'varchar', nullable: true },
    old_flavor_id: { type: 'varchar', length: 64, nullable: true },
    new_host: { type: 'varchar', nullable: true },
    request_spec: { type: 'json', nullable: true },
    vm_state: { type: 'varchar', length: 32 },
    task_state: { type: 'varchar', length: 32, nullable: true },
    power_state: { type: 'int' },
    wanted: { type: 'varchar', length: 32 },
    generation: { type: 'int' },
    rebuilds: { type: 'int' },
    requested_networks: { type: 'json' },
    security_groups: { type: 'json' },
    security_group_ids: { type: 'json', nullable: true },
    network_info: { type: 'json', nullable: true },
    fault: { type: 'json', nullable: true },
    created_at: { type: 'varchar', length: 32 },
    updated_at: { type: 'varchar', length: 32 },
    launched_at: { type: 'varchar', length: 32, nullable: true },
    terminated_at: { type: 'varchar', length: 32, nullable: true },
  },
  key: ['id'],
  unique: [['number']],
  indexes: [['host'], ['project_id']],
});

export interface KeypairRow {
  user_id: string;
  name: string;
  public_key: string;
  fingerprint: string;
  created_at: string;
}

export const keypairs = defineTable<KeypairRow>({
  name: 'keypairs',
  columns: {
    user_id: { type: 'varchar', length: 64 },
    name: { type: 'varchar' },
    public_key: { type: 'text' },
    fingerprint: { type: 'varchar' },
    created_at: { type: 'varchar', length: 32 },
  },
  key: ['user_id', 'name'],
});

export interface ServiceRow {
  id: number;
  host: string;
  binary: string;
  zone: string;
  disabled: boolean;
  disabled_reason: string | null;
  host_ip: string;
  memory_mb: number;
  vcpus: number;
  local_gb: number;
  disk_available_gb: number;
  /** When it was last heard of, in milliseconds since the epoch. */
  seen_at: number;
}

export const services = defineTable<ServiceRow>({
  name: 'services',
  columns: {
    id: { type: 'int' },
    host: { type: 'varchar' },
    binary: { type: 'varchar' },
    zone: { type: 'varchar' },
    disabled: { type: 'bool' },
    disabled_reason: { type: 'varchar', nullable: true },
    host_ip: { type: 'varchar', length: 64 },
    memory_mb: { type: 'int' },
    vcpus: { type: 'int' },
    local_gb: { type: 'int' },
    disk_available_gb: { type: 'int' },
    seen_at: { type: 'int' },
  },
  key: ['id'],
  unique: [['host', 'binary']],
});

export const computeSchema: Schema = {
  version: 1,
  tables: [instances, keypairs, services],
};
