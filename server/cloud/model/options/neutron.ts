// Options of neutron-server in /etc/neutron/neutron.conf.
import { defineOptions } from '../../../lib/config.ts';
import { bindOptions, keystoneAuthtokenOptions, loggingOptions, messagingOptions } from './common.ts';

/** Names of core plug-ins, and the short name of each. */
export const corePlugins = {
  ml2: 'ml2',
  openvswitch: 'openvswitch',
  linuxbridge: 'linuxbridge',
  'neutron.plugins.ml2.plugin.Ml2Plugin': 'ml2',
  'neutron.plugins.openvswitch.ovs_neutron_plugin.OVSNeutronPluginV2': 'openvswitch',
  'neutron.plugins.linuxbridge.lb_neutron_plugin.LinuxBridgePluginV2': 'linuxbridge',
} as const;
import { schedulingOptions } from './scheduling.ts';

/** [DEFAULT] of neutron-server. */
export const neutronServerOptions = defineOptions({
  ...loggingOptions,
  ...messagingOptions,
  ...bindOptions(9696),
  core_plugin: {
    type: 'string',
    default: 'ml2',
    choices: Object.keys(corePlugins),
    help: 'Plug-in that implements networks, subnets and ports, by its short name or its class',
  },
  service_plugins: {
    type: 'list',
    default: [],
    help: 'Further plug-ins: qos, router, metering (or their classes neutron.services.l3_router.l3_router_plugin.L3RouterPlugin, neutron.services.metering.metering_plugin.MeteringPlugin)',
  },
  policy_file: {
    type: 'string',
    default: '/etc/neutron/policy.json',
    help: 'Who may do what, read again when it changes',
  },
  base_mac: {
    type: 'string',
    default: 'fa:16:3e:00:00:00',
    help: 'First three (or, if the fourth is not 00, four) octets of the MAC addresses of ports',
  },
  allow_overlapping_ips: {
    type: 'bool',
    default: false,
    help: 'Subnets of different networks may have the same addresses',
  },
  allow_bulk: { type: 'bool', default: true, help: 'Several resources may be made by one request' },
  allow_pagination: { type: 'bool', default: true, help: 'Lists may be asked for in pages' },
  allow_sorting: { type: 'bool', default: true, help: 'Lists may be sorted' },
  pagination_max_limit: {
    type: 'string',
    default: '-1',
    help: 'Most items of one answer; -1 or infinite: no limit',
  },
  max_dns_nameservers: { type: 'int', default: 5, min: 0, help: 'Most DNS servers of a subnet' },
  max_subnet_host_routes: { type: 'int', default: 20, min: 0, help: 'Most host routes of a subnet' },
  max_fixed_ips_per_port: { type: 'int', default: 5, min: 1, help: 'Most addresses of a port' },
  max_routes: { type: 'int', default: 30, min: 0, help: 'Most extra routes of a router' },
  max_allowed_address_pair: {
    type: 'int',
    default: 10,
    min: 0,
    help: 'Most allowed address pairs of a port',
  },
  global_physnet_mtu: { type: 'int', default: 1500, min: 68, help: 'MTU of the physical networks' },
  agent_down_time: {
    type: 'int',
    default: 75,
    min: 1,
    help: 'Seconds without a report after which an agent counts as dead',
  },
  report_interval: {
    type: 'int',
    default: 30,
    min: 1,
    help: 'Seconds between the reports of agents; read by the agents',
  },
  dvr_base_mac: {
    type: 'string',
    default: 'fa:16:3f:00:00:00',
    help: 'Like base_mac, for the addresses that stand for the distributed routers of a host; must differ from it',
  },
  router_distributed: {
    type: 'bool',
    default: false,
    help: 'Routers are distributed unless they are asked for otherwise',
  },
  ...schedulingOptions,
  dhcp_agents_per_network: { type: 'int', default: 1, min: 1, help: 'DHCP agents that serve each network' },
  notification_driver: {
    type: 'multi',
    default: [],
    help: 'How events are published: rpc_notifier (or messaging) to the message queue, log_notifier to the log; none by default',
  },
  notification_topics: {
    type: 'list',
    default: ['notifications'],
    help: 'Topics of the events; each has a queue <topic>.info',
  },
  default_notification_level: { type: 'string', default: 'INFO', help: 'Level of the events' },
  default_publisher_id: {
    type: 'string',
    default: '',
    help: 'Who publishes the events; network.<host> if empty',
  },
  notify_nova_on_port_status_changes: {
    type: 'bool',
    default: true,
    help: 'Tell Compute when a port comes up or goes down',
  },
  notify_nova_on_port_data_changes: {
    type: 'bool',
    default: true,
    help: 'Tell Compute when a port of a server is deleted',
  },
  nova_url: { type: 'string', default: 'http://127.0.0.1:8774/v2.1', help: 'Address of Compute' },
});

/** [quotas]: limits per project; -1 is unlimited. */
export const quotaOptions = defineOptions({
  quota_network: { type: 'int', default: 10, min: -1, help: 'Networks of a project' },
  quota_subnet: { type: 'int', default: 10, min: -1, help: 'Subnets of a project' },
  quota_subnetpool: { type: 'int', default: -1, min: -1, help: 'Subnet pools of a project' },
  quota_port: { type: 'int', default: 50, min: -1, help: 'Ports of a project' },
  quota_router: { type: 'int', default: 10, min: -1, help: 'Routers of a project' },
  quota_floatingip: { type: 'int', default: 50, min: -1, help: 'Floating IPs of a project' },
  quota_security_group: { type: 'int', default: 10, min: -1, help: 'Security groups of a project' },
  quota_rbac_policy: { type: 'int', default: 10, min: -1, help: 'RBAC policies of a project' },
  quota_security_group_rule: {
    type: 'int',
    default: 100,
    min: -1,
    help: 'Security group rules of a project',
  },
});

/** [database] of neutron-server. */
export const neutronDatabaseOptions = defineOptions({
  connection: {
    type: 'string',
    default: 'sqlite:////var/lib/neutron/neutron.sqlite',
    secret: true,
    help: 'Where networks, ports and the rest are kept: `sqlite:////path/file` or, in MariaDB 10.11, `mysql://user:password@host:3306/database`',
  },
});

/** [nova]: the user that tells Compute of ports; what is empty is taken from [keystone_authtoken]. */
export const novaNotifierOptions = defineOptions({
  auth_url: { type: 'string', default: '', help: 'Address of Identity' },
  username: { type: 'string', default: '', help: 'User' },
  password: { type: 'string', default: '', secret: true, help: 'Password of the user' },
  project_name: { type: 'string', default: '', help: 'Project of the user' },
});

export { keystoneAuthtokenOptions };
