// Fields that many resources share.

/** Primary key, made by the server. */
export const identified = { id: { type: 'uuid', column: 0, help: 'Made by the server' } } as const;

/** Owner; another owner than the caller's may be named by an administrator. `project_id` is shown beside it. */
export const owned = {
  tenant_id: {
    type: 'string',
    maxLength: 255,
    create: 'optional',
    flag: 'tenant-id',
    help: 'Owner, the project of the caller if not given; only administrators may name another',
  },
} as const;

export const named = {
  name: {
    type: 'string',
    maxLength: 255,
    create: 'optional',
    update: true,
    default: '',
    column: 1,
    help: 'Name for people, need not be unique',
  },
} as const;

export const described = {
  description: {
    type: 'string',
    maxLength: 255,
    create: 'optional',
    update: true,
    default: '',
    help: 'Text for people',
  },
} as const;

export const admin_state_up = {
  type: 'bool',
  create: 'optional',
  update: true,
  default: true,
  flag: false,
  switches: { 'admin-state-down': false },
  help: 'False takes it out of service',
} as const;

/** Where it is to be, and where the agents are that serve it. */
export const zoned = {
  availability_zone_hints: {
    type: 'list',
    of: { type: 'string', maxLength: 255 },
    distinct: true,
    create: 'optional',
    default: [],
    flag: 'availability-zone-hint',
    help: 'Zones that its agents are taken from; none: any',
  },
  availability_zones: {
    type: 'list',
    of: { type: 'string' },
    stored: false,
    help: 'Zones of the agents that serve it',
  },
} as const;

/** Words that clients hang on it; given and taken below `/tags`. */
export const tagged = {
  tags: { type: 'list', of: { type: 'string', maxLength: 255 }, help: 'Tags, of up to 255 characters' },
} as const;

/** Of everybody: kept as an RBAC policy for all projects. */
export const shared = {
  type: 'bool',
  create: 'optional',
  default: false,
  set: 'admin',
  flag: false,
  switches: { shared: true },
  help: 'Every project may use it',
} as const;

/** When and how often it was changed. */
export const stamped = {
  created_at: { type: 'time', help: 'UTC' },
  updated_at: { type: 'time', help: 'UTC' },
  revision_number: { type: 'int', help: 'Grows by one with every change' },
} as const;

export const ipVersion = { type: 'int', values: [4, 6] } as const;
