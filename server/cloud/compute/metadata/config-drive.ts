// The files of an instance's config drive: what the metadata service would tell it, for where there is no network.
import type { InstanceRow } from '../../store/compute-tables.ts';
import { fullNameOf } from './full-name.ts';
import { openstackTree } from './openstack.ts';

const versions = ['2012-08-10', '2013-04-04', '2013-10-17', '2015-10-15', 'latest'];

/** Path to content, in base64. */
export function configDrive(row: InstanceRow, domain: string): Record<string, string> {
  const tree = openstackTree({ row, addresses: [], fullName: fullNameOf(row, domain) });
  const files = Object.entries(tree).filter(([name]) => name !== 'password');
  return Object.fromEntries(
    versions.flatMap((version) =>
      files.map(([name, content]) => [
        `openstack/${version}/${name}`,
        Buffer.from(content as string | Buffer).toString('base64'),
      ]),
    ),
  );
}
