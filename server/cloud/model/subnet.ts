// A block of addresses on a network, handed to ports and announced by DHCP.
import { defineResource, type RowOf } from '../../lib/resource.ts';
import { described, identified, ipVersion, named, owned, stamped, tagged } from './standard.ts';

const pool = {
  type: 'dict',
  keys: { start: { type: 'ip', required: true }, end: { type: 'ip', required: true } },
} as const;
const route = {
  type: 'dict',
  keys: { destination: { type: 'cidr', required: true }, nexthop: { type: 'ip', required: true } },
} as const;
const ipv6Modes = ['dhcpv6-stateful', 'dhcpv6-stateless', 'slaac'] as const;

export const subnet = defineResource({
  name: 'subnet',
  plural: 'subnets',
  bulk: true,
  quota: true,
  help: 'Addresses for the ports of a network, with gateway, DNS servers and routes.',
  command: { noun: 'subnet', positional: ['network_id', 'cidr'] },
  indexes: [['network_id'], ['tenant_id']],
  fields: {
    ...identified,
    ...named,
    ...owned,
    network_id: { type: 'uuid', ref: 'network', create: 'required', help: 'The network it lies on' },
    ip_version: { ...ipVersion, create: 'optional', default: 4, help: '4 or 6' },
    subnetpool_id: {
      type: 'uuid',
      ref: 'subnetpool',
      nullable: true,
      create: 'optional',
      default: null,
      flag: 'subnetpool',
      help: 'Pool to take the prefix from',
    },
    prefixlen: {
      type: 'int',
      min: 0,
      max: 128,
      create: 'optional',
      stored: false,
      hidden: true,
      help: 'Length of the prefix to take from the pool',
    },
    enable_dhcp: {
      type: 'bool',
      create: 'optional',
      update: true,
      default: true,
      flag: false,
      switches: { 'disable-dhcp': false, 'enable-dhcp': true },
      help: 'A DHCP server serves it',
    },
    ipv6_ra_mode: {
      type: 'string',
      values: ipv6Modes,
      nullable: true,
      create: 'optional',
      default: null,
      help: 'Who sends router advertisements, and which',
    },
    ipv6_address_mode: {
      type: 'string',
      values: ipv6Modes,
      nullable: true,
      create: 'optional',
      default: null,
      help: 'How guests get their IPv6 addresses',
    },
    gateway_ip: {
      type: 'ip',
      nullable: true,
      create: 'optional',
      update: true,
      flag: 'gateway',
      switches: { 'no-gateway': null },
      help: 'Default gateway; the first address if not given, null for none',
    },
    cidr: {
      type: 'string',
      maxLength: 64,
      nullable: true,
      create: 'optional',
      column: 2,
      help: 'Prefix, such as 192.168.101.0/24',
    },
    allocation_pools: {
      type: 'list',
      of: pool,
      create: 'optional',
      update: true,
      flag: 'allocation-pool',
      column: 3,
      help: 'Ranges that addresses are taken from; all but the gateway if not given',
    },
    host_routes: {
      type: 'list',
      of: route,
      create: 'optional',
      update: true,
      default: [],
      flag: 'host-route',
      help: 'Routes announced to guests',
    },
    dns_nameservers: {
      type: 'list',
      of: { type: 'ip' },
      create: 'optional',
      update: true,
      default: [],
      flag: 'dns-nameserver',
      help: 'DNS servers announced to guests',
    },
    ...described,
    ...tagged,
    ...stamped,
  },
});

export type Subnet = RowOf<typeof subnet>;
