// Options of the metadata agent (metadata_agent.ini).
import { defineOptions } from '../../../lib/config.ts';
import { loggingOptions, messagingOptions } from './common.ts';

export const metadataOptions = defineOptions({
  ...loggingOptions,
  ...messagingOptions,
  state_path: { type: 'string', default: '/var/lib/neutron', help: 'Folder of files that outlive the agent' },
  report_interval: {
    type: 'int',
    default: 30,
    min: 1,
    help: 'Seconds between reports of state to the server',
  },
  metadata_proxy_socket: {
    type: 'string',
    default: '$state_path/metadata_proxy',
    help: 'UNIX socket that the proxies in the namespaces talk to',
  },
  nova_metadata_ip: {
    type: 'string',
    default: '127.0.0.1',
    help: 'Address of the metadata service of Compute',
  },
  nova_metadata_host: {
    type: 'string',
    default: '',
    help: 'Newer name of nova_metadata_ip; wins when given',
  },
  nova_metadata_port: { type: 'int', default: 8775, min: 1, max: 65535, help: 'Port of that service' },
  nova_metadata_protocol: {
    type: 'string',
    default: 'http',
    choices: ['http', 'https'],
    help: 'Its protocol',
  },
  nova_metadata_insecure: { type: 'bool', default: false, help: 'Accept any certificate of that service' },
  metadata_proxy_shared_secret: {
    type: 'string',
    default: '',
    secret: true,
    help: 'Secret shared with Compute that signs instance ids',
  },
});
