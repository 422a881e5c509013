// The configuration file of Tempest for one of our clouds: what it may ask for, and with what.
import { heldExtensions } from './extensions.ts';

/** What differs from cloud to cloud. */
export interface TempestCloud {
  /** Of an administrator: the variables of an openrc file. */
  credentials: Record<string, string>;
  publicId: string;
  publicName: string;
  imageId: string;
  flavorId: string;
  /** A bigger one, for what changes the size of an instance. */
  biggerFlavorId: string;
}

type Sections = Record<string, Record<string, string | number | boolean>>;

/** Where a run keeps its files, in the container of the clients. */
export const runFolder = '/run/tempest';

function sectionsOf(cloud: TempestCloud): Sections {
  const { credentials } = cloud;
  const identity = credentials.OS_AUTH_URL!.replace(/\/v3$/, '');
  return {
    DEFAULT: { debug: true, log_dir: runFolder, log_file: 'tempest.log', use_stderr: false },
    oslo_concurrency: { lock_path: `${runFolder}/lock` },
    // a project, its users and its networks of their own for every class of tests
    auth: {
      ...{ use_dynamic_credentials: true, create_isolated_networks: true },
      admin_username: credentials.OS_USERNAME!,
      admin_password: credentials.OS_PASSWORD!,
      admin_project_name: credentials.OS_PROJECT_NAME!,
      admin_domain_name: 'Default',
      default_credentials_domain_name: 'Default',
    },
    identity: {
      ...{ auth_version: 'v3', uri: `${identity}/v2.0`, uri_v3: `${identity}/v3` },
      ...{ region: credentials.OS_REGION_NAME!, admin_role: 'admin', default_domain_id: 'default' },
      ...{ v2_admin_endpoint_type: 'adminURL', v2_public_endpoint_type: 'publicURL' },
      v3_endpoint_type: 'publicURL',
    },
    'identity-feature-enabled': {
      ...{ api_v2: true, api_v2_admin: true, api_v3: true, trust: false, project_tags: false },
      ...{ application_credentials: false, security_compliance: false },
    },
    service_available: {
      ...{ neutron: true, nova: true, glance: true, cinder: false, swift: false, horizon: false },
    },
    network: {
      public_network_id: cloud.publicId,
      floating_network_name: cloud.publicName,
      ...{ project_network_cidr: '10.100.0.0/16', project_network_mask_bits: 28 },
      ...{ project_network_v6_cidr: '2001:db8::/48', project_network_v6_mask_bits: 64 },
      ...{ build_timeout: 300, build_interval: 1 },
    },
    'network-feature-enabled': {
      api_extensions: heldExtensions.join(','),
      ...{ ipv6: true, ipv6_subnet_attributes: true, floating_ips: true },
      ...{ port_admin_state_change: true, port_security: true },
    },
    compute: {
      ...{ image_ref: cloud.imageId, image_ref_alt: cloud.imageId },
      ...{ flavor_ref: cloud.flavorId, flavor_ref_alt: cloud.biggerFlavorId },
      ...{ build_timeout: 300, build_interval: 1, min_compute_nodes: 2 },
    },
    'compute-feature-enabled': {
      ...{ console_output: true, interface_attach: true, metadata_service: true, config_drive: true },
      ...{ pause: true, suspend: true, resize: true, cold_migration: true, live_migration: true },
      block_migration_for_live_migration: true,
      ...{ shelve: false, rescue: false, snapshot: false },
      scheduler_enabled_filters: 'AvailabilityZoneFilter,ComputeFilter,DifferentHostFilter,SameHostFilter',
    },
    validation: {
      ...{ run_validation: true, connect_method: 'floating', auth_method: 'keypair' },
      ...{ image_ssh_user: 'cirros', image_alt_ssh_user: 'cirros', ssh_key_type: 'ecdsa' },
      ...{ ping_timeout: 120, ssh_timeout: 300, connect_timeout: 60 },
    },
    scenario: { dhcp_client: 'udhcpc', protocol: 'icmp' },
  };
}

/** The text of the file. */
export function tempestConfiguration(cloud: TempestCloud): string {
  return Object.entries(sectionsOf(cloud))
    .map(([name, options]) => {
      const lines = Object.entries(options).map(([option, value]) => `${option} = ${wordOf(value)}\n`);
      return `[${name}]\n${lines.join('')}`;
    })
    .join('\n');
}

// a dollar sign would name another option
const wordOf = (value: string | number | boolean) =>
  typeof value === 'boolean' ? (value ? 'True' : 'False') : String(value).replaceAll('$', '$$$$');
