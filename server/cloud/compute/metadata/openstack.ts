// The OpenStack part: /openstack/<version>/meta_data.json, network_data.json, user_data, vendor_data.json, password.
import type { InstanceRow } from '../../store/compute-tables.ts';
import type { Described } from './app.ts';
import type { Tree } from './tree.ts';

/** The folders below /openstack. */
export const openstackVersions: readonly string[] = [
  '2012-08-10',
  '2013-04-04',
  '2013-10-17',
  '2015-10-15',
  'latest',
];

/** Every version shows the same. */
export const openstackTrees = (described: Described): Tree =>
  Object.fromEntries(openstackVersions.map((version) => [version, openstackTree(described)]));

/** What lies below a version. */
export function openstackTree({ row, fullName }: Described): Tree {
  const { key_name, key_data } = row;
  const keys =
    key_name === null || key_data === null
      ? {}
      : {
          public_keys: { [key_name]: key_data },
          keys: [{ name: key_name, type: 'ssh', data: key_data }],
        };
  const metaData = {
    uuid: row.id,
    name: row.name,
    hostname: fullName,
    availability_zone: row.availability_zone,
    launch_index: 0,
    project_id: row.project_id,
    ...keys,
    ...(Object.keys(row.metadata).length === 0 ? {} : { meta: row.metadata }),
    devices: [],
  };
  return {
    'meta_data.json': JSON.stringify(metaData),
    'network_data.json': JSON.stringify(networkData(row)),
    'vendor_data.json': '{}',
    password: row.server_password ?? '',
    ...(row.user_data === null ? {} : { user_data: Buffer.from(row.user_data, 'base64') }),
  };
}

/** Links and addresses in the form of network_data.json. */
export function networkData({ network_info }: Pick<InstanceRow, 'network_info'>) {
  const vifs = network_info ?? [];
  return {
    links: vifs.map(({ port_id, mac_address, mtu, plug }) => ({
      id: `tap${port_id.slice(0, 11)}`,
      vif_id: port_id,
      type: plug === 'bridge' ? 'bridge' : 'ovs',
      mtu,
      ethernet_mac_address: mac_address,
    })),
    networks: vifs.map(({ port_id, network_id, fixed_ips }, index) => ({
      id: `network${index}`,
      link: `tap${port_id.slice(0, 11)}`,
      network_id,
      type: fixed_ips[0]?.ip_address.includes(':') ? 'ipv6_dhcp' : 'ipv4_dhcp',
    })),
    services: [],
  };
}
