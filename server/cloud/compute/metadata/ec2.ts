// The EC2 part: /latest/meta-data/..., the same below every version that Nova knew in 2015.
import type { Described } from './app.ts';
import type { Tree } from './tree.ts';

/** The folders of the root. */
export const ec2Versions: readonly string[] = [
  '1.0',
  '2007-01-19',
  '2007-03-01',
  '2007-08-29',
  '2007-10-10',
  '2007-12-15',
  '2008-02-01',
  '2008-09-01',
  '2009-04-04',
  'latest',
];

/** What lies below a version. */
export function ec2Tree({ row, addresses, fullName }: Described): Tree {
  const first = (type: string) =>
    addresses.find((one) => one.version === 4 && one['OS-EXT-IPS:type'] === type)?.addr ?? '';
  const instanceId = `i-${row.number.toString(16).padStart(8, '0')}`;
  const keys: Tree =
    row.key_data === null ? {} : { 'public-keys': { '0': namedKey(row.key_name ?? '', row.key_data) } };
  return {
    'meta-data': {
      'ami-id': `ami-${row.image_id.slice(0, 8)}`,
      'ami-launch-index': '0',
      'block-device-mapping': { ami: 'vda', root: '/dev/vda' },
      hostname: fullName,
      'instance-action': 'none',
      'instance-id': instanceId,
      'instance-type': row.flavor_id,
      'local-hostname': fullName,
      'local-ipv4': first('fixed'),
      placement: { 'availability-zone': row.availability_zone },
      'public-hostname': fullName,
      'public-ipv4': first('floating'),
      ...keys,
      'reservation-id': `r-${row.id.slice(0, 8)}`,
      'security-groups': row.security_groups.join('\n'),
    },
    ...(row.user_data === null ? {} : { 'user-data': Buffer.from(row.user_data, 'base64') }),
  };
}

/** A key's folder; the name it is listed with is no file of its own. */
function namedKey(name: string, key: string): Tree {
  return Object.defineProperty({ 'openssh-key': `${key}\n` } as Tree, '_name', { value: name });
}
