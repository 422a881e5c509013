// Identity's tables. `extra` keeps the attributes that clients add on their own.
import { defineTable, type Column, type Table } from '../store/table.ts';

export type Extra = Record<string, unknown>;

export interface DomainRow {
  id: string;
  name: string;
  enabled: boolean;
  extra: Extra;
}
export interface ProjectRow extends DomainRow {
  domain_id: string;
}
export interface UserRow extends DomainRow {
  domain_id: string;
  password_hash: string | null;
  default_project_id: string | null;
}
export interface RoleRow {
  id: string;
  name: string;
  extra: Extra;
}
/** A role of a user on a project or a domain. */
export interface GrantRow {
  user_id: string;
  target: 'project' | 'domain';
  target_id: string;
  role_id: string;
}
export interface GroupRow {
  id: string;
  name: string;
  domain_id: string;
  extra: Extra;
}
/** A role of a group, which all its members have. */
export interface GroupGrantRow {
  group_id: string;
  target: 'project' | 'domain';
  target_id: string;
  role_id: string;
}
export interface MembershipRow {
  group_id: string;
  user_id: string;
}
export interface RegionRow {
  id: string;
  parent_region_id: string | null;
  extra: Extra;
}
export interface ServiceRow {
  id: string;
  type: string;
  name: string;
  enabled: boolean;
  extra: Extra;
}
export interface EndpointRow {
  id: string;
  /** The v2.0 endpoint (one for three interfaces) that this one belongs to. */
  legacy_endpoint_id: string | null;
  service_id: string;
  interface: 'public' | 'internal' | 'admin';
  region_id: string | null;
  url: string;
  enabled: boolean;
  extra: Extra;
}
export interface TokenRow {
  /** SHA-256 of the token, hex. */
  hash: string;
  user_id: string;
  project_id: string | null;
  domain_id: string | null;
  methods: string[];
  audit_id: string;
  issued_at: string;
  expires_at: string;
}

const text: Column = { type: 'varchar', length: 255 };
const id: Column = { type: 'varchar', length: 64 };
const flag: Column = { type: 'bool' };
const json: Column = { type: 'json' };
const part = (table: string): Column => ({ ...id, references: { table, onDelete: 'cascade' } });
const maybe = (column: Column): Column => ({ ...column, nullable: true });

export const domains: Table<DomainRow> = defineTable({
  name: 'domains',
  columns: { id, name: text, enabled: flag, extra: json },
  key: ['id'],
  unique: [['name']],
});
export const projects: Table<ProjectRow> = defineTable({
  name: 'projects',
  columns: { id, name: text, domain_id: part('domains'), enabled: flag, extra: json },
  key: ['id'],
  unique: [['domain_id', 'name']],
});
export const users: Table<UserRow> = defineTable({
  name: 'users',
  columns: {
    id,
    name: text,
    domain_id: part('domains'),
    enabled: flag,
    password_hash: maybe(text),
    default_project_id: maybe(id),
    extra: json,
  },
  key: ['id'],
  unique: [['domain_id', 'name']],
});
export const roles: Table<RoleRow> = defineTable({
  name: 'roles',
  columns: { id, name: text, extra: json },
  key: ['id'],
  unique: [['name']],
});
export const grants: Table<GrantRow> = defineTable({
  name: 'grants',
  columns: { user_id: part('users'), target: text, target_id: id, role_id: part('roles') },
  key: ['user_id', 'target', 'target_id', 'role_id'],
  indexes: [['target_id']],
});
export const groups: Table<GroupRow> = defineTable({
  name: 'groups',
  columns: { id, name: text, domain_id: part('domains'), extra: json },
  key: ['id'],
  unique: [['domain_id', 'name']],
});
export const memberships: Table<MembershipRow> = defineTable({
  name: 'memberships',
  columns: { group_id: part('groups'), user_id: part('users') },
  key: ['group_id', 'user_id'],
  indexes: [['user_id']],
});
export const groupGrants: Table<GroupGrantRow> = defineTable({
  name: 'group_grants',
  columns: { group_id: part('groups'), target: text, target_id: id, role_id: part('roles') },
  key: ['group_id', 'target', 'target_id', 'role_id'],
  indexes: [['target_id']],
});
export const regions: Table<RegionRow> = defineTable({
  name: 'regions',
  columns: { id: text, parent_region_id: maybe(text), extra: json },
  key: ['id'],
});
export const services: Table<ServiceRow> = defineTable({
  name: 'services',
  columns: { id, type: text, name: text, enabled: flag, extra: json },
  key: ['id'],
});
export const endpoints: Table<EndpointRow> = defineTable({
  name: 'endpoints',
  columns: {
    id,
    legacy_endpoint_id: maybe(id),
    service_id: part('services'),
    interface: text,
    region_id: maybe(text),
    url: { type: 'text' },
    enabled: flag,
    extra: json,
  },
  key: ['id'],
  indexes: [['service_id']],
});
export const tokens: Table<TokenRow> = defineTable({
  name: 'tokens',
  columns: {
    hash: id,
    user_id: part('users'),
    project_id: maybe(id),
    domain_id: maybe(id),
    methods: json,
    audit_id: id,
    issued_at: text,
    expires_at: text,
  },
  key: ['hash'],
  indexes: [['user_id'], ['project_id'], ['expires_at']],
});

export const identitySchema = {
  version: 1,
  tables: [
    domains,
    projects,
    users,
    roles,
    grants,
    groups,
    memberships,
    groupGrants,
    regions,
    services,
    endpoints,
    tokens,
  ],
};
