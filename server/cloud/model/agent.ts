// A daemon that does the networking of one host; it tells of itself by heartbeats.
import { defineResource, type RowOf } from '../../lib/resource.ts';

export const agent = defineResource({
  name: 'agent',
  plural: 'agents',
  extension: 'agent',
  operations: ['list', 'show', 'update', 'delete'],
  help: 'A daemon on a host, alive while its heartbeats come.',
  command: { noun: 'agent', verbs: ['list', 'show', 'update', 'delete'] },
  unique: [['agent_type', 'host']],
  fields: {
    id: { type: 'uuid', column: 0, help: 'Made by the server' },
    agent_type: {
      type: 'string',
      maxLength: 255,
      column: 1,
      help: 'L3 agent, DHCP agent, Open vSwitch agent',
    },
    binary: { type: 'string', maxLength: 255, help: 'Name of its program' },
    topic: { type: 'string', maxLength: 255, help: 'Topic it listens on' },
    host: { type: 'string', maxLength: 255, column: 2, help: 'The host it works on' },
    admin_state_up: {
      type: 'bool',
      update: true,
      column: 4,
      flag: false,
      switches: { 'admin-state-down': false, 'admin-state-up': true },
      help: 'False: nothing new is scheduled to it',
    },
    created_at: { type: 'time', help: 'UTC' },
    started_at: { type: 'time', help: 'UTC' },
    heartbeat_timestamp: { type: 'time', help: 'UTC' },
    description: { type: 'string', maxLength: 255, nullable: true, update: true, help: 'Text for people' },
    availability_zone: { type: 'string', maxLength: 255, nullable: true, help: 'Where it is: nova' },
    alive: {
      type: 'bool',
      stored: false,
      column: 3,
      help: 'Its last heartbeat is younger than agent_down_time',
    },
    configurations: { type: 'dict', help: 'What it said of its settings and load' },
  },
});

export type Agent = RowOf<typeof agent>;
