// Options of linuxbridge_conf.ini that the older Linux bridge plug-in on the server reads.
import { defineOptions } from '../../../lib/config.ts';

/** [vlans]. */
export const linuxbridgePluginOptions = defineOptions({
  tenant_network_type: {
    type: 'string',
    default: 'local',
    choices: ['local', 'vlan', 'none'],
    ignoreCase: true,
    help: 'Type of networks that tenants create; none: they cannot',
  },
  network_vlan_ranges: {
    type: 'list',
    default: [],
    help: 'Physical networks, with a range of VLAN ids for tenant networks: physnet1,physnet2:100:110',
  },
});
