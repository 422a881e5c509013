// Options of the DHCP agent (dhcp_agent.ini).
import { defineOptions } from '../../../lib/config.ts';
import { loggingOptions, messagingOptions } from './common.ts';
import { interfaceOptions } from './interface.ts';

export const dhcpOptions = defineOptions({
  ...loggingOptions,
  ...messagingOptions,
  ...interfaceOptions,
  dhcp_driver: {
    type: 'string',
    default: 'neutron.agent.linux.dhcp.Dnsmasq',
    help: 'What serves DHCP: dnsmasq, one process for each network',
  },
  dhcp_confs: { type: 'string', default: '$state_path/dhcp', help: 'Folder of the files of dnsmasq' },
  dhcp_domain: { type: 'string', default: 'openstacklocal', help: 'Domain of the names of instances' },
  dns_domain: { type: 'string', default: '', help: 'Newer name of dhcp_domain; wins when given' },
  dhcp_lease_duration: {
    type: 'int',
    default: 86400,
    min: -1,
    help: 'Seconds a lease is good for; -1: for ever',
  },
  dnsmasq_config_file: { type: 'string', default: '', help: 'Further settings of dnsmasq' },
  dnsmasq_dns_servers: { type: 'list', default: [], help: 'Name servers that dnsmasq forwards to' },
  dnsmasq_local_resolv: {
    type: 'bool',
    default: false,
    help: 'Forward to the name servers of this host where dnsmasq_dns_servers names none',
  },
  dhcp_renewal_time: {
    type: 'int',
    default: 0,
    min: 0,
    help: 'Seconds until clients renew (T1); 0: half the lease',
  },
  dhcp_rebinding_time: {
    type: 'int',
    default: 0,
    min: 0,
    help: 'Seconds until clients ask any server (T2); 0: seven eighths of the lease',
  },
  dhcp_broadcast_reply: { type: 'bool', default: false, help: 'Answer by broadcast' },
  dnsmasq_lease_max: { type: 'int', default: 16777216, min: 1, help: 'Most leases of one dnsmasq' },
  num_sync_threads: { type: 'int', default: 4, min: 1, help: 'Networks worked on at once' },
  dhcp_delete_namespaces: {
    type: 'bool',
    default: true,
    help: 'Remove the namespace of a network that is not served any more; otherwise it stays, empty',
  },
  enable_isolated_metadata: {
    type: 'bool',
    default: false,
    help: 'Answer metadata requests in the DHCP namespace of subnets without a router',
  },
  force_metadata: {
    type: 'bool',
    default: false,
    help: 'Answer metadata requests in the DHCP namespace of every network',
  },
  enable_metadata_network: {
    type: 'bool',
    default: false,
    help: 'On a network with a subnet in 169.254.0.0/16 and a router, answer for all networks of the router (needs enable_isolated_metadata)',
  },
});
