// How the API shows an instance; the schemas of v2.1 are closed, so no key more than these.
import { createHash } from 'node:crypto';
import type { InstanceRow } from '../store/compute-tables.ts';
import { showFault } from './fault.ts';
import { linksOf as flavorLinks } from './flavors.ts';
import type { Address } from './networks.ts';

/** The status a user sees, from vm_state and task_state. */
export function statusOf({ vm_state, task_state }: Pick<InstanceRow, 'vm_state' | 'task_state'>): string {
  if (vm_state === 'error') return 'ERROR';
  if (vm_state === 'building') return 'BUILD';
  if (task_state === 'rebuilding') return 'REBUILD';
  if (task_state === 'resize_migrating') return 'RESIZE';
  if (task_state === 'resize_reverting') return 'REVERT_RESIZE';
  if (task_state === 'migrating') return 'MIGRATING';
  if (task_state === 'rebooting') return 'REBOOT';
  if (task_state === 'rebooting_hard') return 'HARD_REBOOT';
  const statuses: Record<string, string> = {
    active: 'ACTIVE',
    stopped: 'SHUTOFF',
    paused: 'PAUSED',
    suspended: 'SUSPENDED',
    resized: 'VERIFY_RESIZE',
  };
  return statuses[vm_state] ?? 'UNKNOWN';
}

export const serverLinks = (id: string, base: string) => [
  { rel: 'self', href: `${base}/v2.1/servers/${id}` },
  { rel: 'bookmark', href: `${base}/servers/${id}` },
];

export const showBrief = ({ id, name }: InstanceRow, base: string) => ({
  id,
  name,
  links: serverLinks(id, base),
});

/** Differs between hosts and says nothing about them. */
export const hostIdOf = ({ project_id, host }: InstanceRow): string =>
  host === null
    ? ''
    : createHash('sha224')
        .update(project_id + host)
        .digest('hex');

const shortTime = (time: string) => time.replace(/\.\d+/, '');
const plainTime = (time: string | null) => time?.replace('Z', '000') ?? null;

/** The full form. `isAdmin` adds where the instance is; without `groups` it shows the security groups it was asked for. */
export function showServer(
  row: InstanceRow,
  {
    base,
    isAdmin,
    addresses,
    groups = row.security_groups,
  }: {
    base: string;
    isAdmin: boolean;
    addresses: Record<string, Address[]>;
    groups?: readonly string[] | undefined;
  },
) {
  const status = statusOf(row);
  return {
    id: row.id,
    name: row.name,
    status,
    tenant_id: row.project_id,
    user_id: row.user_id,
    metadata: row.metadata,
    hostId: hostIdOf(row),
    image: {
      id: row.image_id,
      links: [{ rel: 'bookmark', href: `${base}/images/${row.image_id}` }],
    },
    flavor: { id: row.flavor_id, links: [flavorLinks(row.flavor_id, base)[1]] },
    created: shortTime(row.created_at),
    updated: shortTime(row.updated_at),
    addresses,
    accessIPv4: row.access_ipv4,
    accessIPv6: row.access_ipv6,
    links: serverLinks(row.id, base),
    'OS-DCF:diskConfig': 'MANUAL',
    ...(['ACTIVE', 'BUILD', 'REBUILD', 'MIGRATING'].includes(status) ? { progress: 0 } : {}),
    'OS-EXT-AZ:availability_zone': row.host === null ? '' : row.availability_zone,
    config_drive: row.config_drive ? 'True' : '',
    key_name: row.key_name,
    'OS-SRV-USG:launched_at': plainTime(row.launched_at),
    'OS-SRV-USG:terminated_at': plainTime(row.terminated_at),
    ...(groups.length === 0 ? {} : { security_groups: groups.map((name) => ({ name })) }),
    ...(isAdmin
      ? {
          'OS-EXT-SRV-ATTR:host': row.host,
          'OS-EXT-SRV-ATTR:instance_name': `instance-${row.number.toString(16).padStart(8, '0')}`,
          'OS-EXT-SRV-ATTR:hypervisor_hostname': row.host,
        }
      : {}),
    'OS-EXT-STS:task_state': row.task_state,
    'OS-EXT-STS:vm_state': row.vm_state,
    'OS-EXT-STS:power_state': row.power_state,
    'os-extended-volumes:volumes_attached': [],
    ...(row.vm_state === 'error' && row.fault !== null ? { fault: showFault(row.fault, isAdmin) } : {}),
  };
}

/** What `showServer` shows beyond the answer to a change (PUT, rebuild); the schema of that is closed too. */
const notAfterChanges =
  /^(key_name|security_groups|config_drive|OS-SRV-USG:.*|OS-EXT-.*|os-extended-volumes:volumes_attached)$/;

/** The form that answers a change: without what the show of an instance has of the extensions. */
export function showChanged(server: ReturnType<typeof showServer>): Record<string, unknown> {
  const kept = Object.entries(server).filter(([name]) => !notAfterChanges.test(name));
  const addresses = Object.entries(server.addresses).map(([network, list]) => [
    network,
    list.map(({ version, addr }) => ({ version, addr })),
  ]);
  return { ...Object.fromEntries(kept), addresses: Object.fromEntries(addresses) as unknown };
}
