// Options of /etc/nova/nova.conf, shared by nova-api and nova-compute.
import { defineOptions } from '../../../lib/config.ts';
import { keystoneAuthtokenOptions, loggingOptions, messagingOptions } from './common.ts';

const defaults = defineOptions({
  osapi_compute_listen: { type: 'string', default: '0.0.0.0', help: 'Address of the Compute API' },
  osapi_compute_listen_port: {
    type: 'int',
    default: 8774,
    min: 0,
    max: 65535,
    help: 'Port of the Compute API',
  },
  metadata_listen: { type: 'string', default: '0.0.0.0', help: 'Address of the metadata API' },
  metadata_listen_port: { type: 'int', default: 8775, min: 0, max: 65535, help: 'Port of the metadata API' },
  dhcp_domain: { type: 'string', default: 'novalocal', help: 'Domain of instance names in metadata' },
  security_group_api: { type: 'string', default: 'neutron', help: 'Service that knows security groups' },
  network_api_class: {
    type: 'string',
    default: 'nova.network.neutronv2.api.API',
    help: 'Service that knows networks',
  },
  default_availability_zone: { type: 'string', default: 'nova', help: 'Zone of compute nodes' },
  notification_driver: {
    type: 'multi',
    default: [],
    help: 'How events of instances are published: rpc_notifier (or messaging) to the message queue; none by default',
  },
  notification_topics: {
    type: 'list',
    default: ['notifications'],
    help: 'Topics of the events; each has a queue <topic>.info',
  },
  notify_on_state_change: {
    type: 'string',
    default: 'none',
    choices: ['none', 'vm_state', 'vm_and_task_state'],
    help: 'Which changes of state are events (compute.instance.update); renames are with both',
  },
  report_interval: { type: 'int', default: 10, min: 1, help: 'Seconds between signs of life of a service' },
  service_down_time: { type: 'int', default: 60, min: 1, help: 'Seconds of silence after which it is down' },
  scheduler_max_attempts: {
    type: 'int',
    default: 3,
    min: 1,
    help: 'Hosts that a new instance is tried on before it is in ERROR',
  },
  state_path: { type: 'string', default: '/var/lib/nova', help: 'Folder of nova' },
  instances_path: { type: 'string', default: '$state_path/instances', help: 'Folder of instances' },
  vif_plugging_timeout: {
    type: 'int',
    default: 300,
    min: 0,
    help: 'Seconds to wait for the ports of a new instance to become ACTIVE',
  },
  vif_plugging_is_fatal: {
    type: 'bool',
    default: true,
    help: 'An instance whose ports do not become ACTIVE in time is in ERROR; otherwise it starts all the same',
  },
});

/** [neutron]: how Compute speaks to Networking, and the secret of the metadata proxy. */
const neutron = defineOptions({
  auth_url: { type: 'string', default: 'http://controller:5000/v3', help: 'Address of Identity' },
  username: { type: 'string', default: 'nova', help: "Compute's user" },
  password: { type: 'string', default: '', secret: true, help: "Password of Compute's user" },
  project_name: { type: 'string', default: 'service', help: "Project of Compute's user" },
  metadata_proxy_shared_secret: {
    type: 'string',
    default: '',
    secret: true,
    help: 'Secret shared with the Networking metadata agent',
  },
  ovs_bridge: { type: 'string', default: 'br-int', help: 'Bridge that instances are plugged into' },
});

const database = defineOptions({
  connection: {
    type: 'string',
    default: 'sqlite:////var/lib/nova/nova.sqlite',
    secret: true,
    help: 'Where instances, keypairs and the rest are kept: `sqlite:////path/file` or `mysql://user:password@host:3306/database`',
  },
});

/** All groups of nova.conf. */
export const novaOptions = {
  DEFAULT: {
    ...loggingOptions,
    ...messagingOptions,
    control_exchange: { ...messagingOptions.control_exchange, default: 'nova' },
    ...defaults,
  },
  database,
  keystone_authtoken: {
    ...keystoneAuthtokenOptions,
    username: { ...keystoneAuthtokenOptions.username, default: 'nova' },
  },
  neutron,
};
