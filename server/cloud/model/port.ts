// A port: where a device attaches to a network, with the binding, security and DHCP option extensions.
import { defineResource, type RowOf, type ViewOf } from '../../lib/resource.ts';
import { admin_state_up, described, identified, ipVersion, named, owned, stamped } from './standard.ts';

const fixedIp = { type: 'dict', keys: { subnet_id: { type: 'uuid' }, ip_address: { type: 'ip' } } } as const;
const addressPair = {
  type: 'dict',
  keys: { ip_address: { type: 'string', maxLength: 64 }, mac_address: { type: 'mac' } },
} as const;
const dhcpOption = {
  type: 'dict',
  keys: {
    opt_name: { type: 'string', maxLength: 64, required: true },
    opt_value: { type: 'string', maxLength: 255, nullable: true },
    ip_version: ipVersion,
  },
} as const;

export const port = defineResource({
  name: 'port',
  plural: 'ports',
  bulk: true,
  quota: true,
  help: 'Where a device attaches to a network: a MAC address, fixed IPs and a binding to a host.',
  command: { noun: 'port', positional: ['network_id'] },
  unique: [['network_id', 'mac_address']],
  indexes: [['network_id'], ['tenant_id'], ['device_id'], ['binding:host_id'], ['name']],
  fields: {
    ...identified,
    ...named,
    network_id: { type: 'uuid', ref: 'network', create: 'required', help: 'The network it belongs to' },
    ...owned,
    mac_address: {
      type: 'mac',
      create: 'optional',
      update: true,
      set: 'admin',
      column: 2,
      help: 'Drawn from base_mac if not given',
    },
    admin_state_up,
    status: { type: 'string', help: 'ACTIVE when wired, DOWN when not, N/A for a floating IP' },
    device_id: {
      type: 'string',
      maxLength: 255,
      create: 'optional',
      update: true,
      default: '',
      help: 'What uses it: a server, a router',
    },
    device_owner: {
      type: 'string',
      maxLength: 255,
      create: 'optional',
      update: true,
      default: '',
      help: 'Kind of the device: compute:nova, network:router_interface',
    },
    fixed_ips: {
      type: 'list',
      of: fixedIp,
      create: 'optional',
      update: true,
      stored: false,
      flag: 'fixed-ip',
      column: 3,
      help: 'Its addresses; one of every kind the network offers if not given',
    },
    allowed_address_pairs: {
      type: 'list',
      of: addressPair,
      create: 'optional',
      update: true,
      default: [],
      flag: 'allowed-address-pair',
      help: 'Further addresses it may send from',
    },
    extra_dhcp_opts: {
      type: 'list',
      of: dhcpOption,
      create: 'optional',
      update: true,
      default: [],
      flag: 'extra-dhcp-opt',
      help: 'DHCP options for this port only',
    },
    security_groups: {
      type: 'list',
      of: { type: 'uuid' },
      distinct: true,
      nullable: true,
      ref: 'security_group',
      create: 'optional',
      update: true,
      stored: false,
      flag: 'security-group',
      switches: { 'no-security-groups': [] },
      help: "Groups whose rules apply; the project's default group if not given",
    },
    ...described,
    'binding:vnic_type': {
      type: 'string',
      values: ['normal', 'direct', 'macvtap'],
      create: 'optional',
      update: true,
      default: 'normal',
      help: 'How the guest wants to be attached',
    },
    'binding:profile': {
      type: 'dict',
      nullable: true,
      create: 'optional',
      update: true,
      set: 'admin',
      view: 'admin',
      flag: false,
      help: 'Free data for the mechanism driver',
    },
    'binding:host_id': {
      type: 'string',
      maxLength: 255,
      nullable: true,
      create: 'optional',
      update: true,
      set: 'admin',
      view: 'admin',
      help: 'The host its device is on',
    },
    'binding:vif_type': { type: 'string', view: 'admin', help: 'ovs when bound, unbound, binding_failed' },
    'binding:vif_details': { type: 'dict', view: 'admin', help: 'What the host must know to plug it' },
    port_security_enabled: {
      type: 'bool',
      create: 'optional',
      update: true,
      help: 'Anti-spoofing and security groups apply',
    },
    ...stamped,
    l2_up: { type: 'bool', hidden: true, help: 'The L2 agent has reported it wired' },
    dhcp_ready: { type: 'bool', hidden: true, help: 'The DHCP agent has reported its lease set up' },
  },
});

export type Port = RowOf<typeof port>;
export type PortView = ViewOf<typeof port>;
