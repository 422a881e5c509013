// Where the Linux bridge agent takes the multicast group of VXLAN networks from.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { loadConfig } from '../../../../server/lib/config.ts';
import { linuxbridgeVxlanOptions } from '../../../../server/cloud/model/options/linuxbridge.ts';
import { ml2VxlanOptions } from '../../../../server/cloud/model/options/ml2.ts';

it('its own file names the group, else that of the ml2 plug-in', () => {
  const folder = mkdtempSync(join(tmpdir(), 'lb-options-'));
  const groupOf = (text: string) => {
    const file = join(folder, 'ml2_conf.ini');
    writeFileSync(file, text);
    const groups = { vxlan: linuxbridgeVxlanOptions, ml2_type_vxlan: ml2VxlanOptions };
    return loadConfig(groups, ['--config-file', file]).vxlan.vxlan_group;
  };
  const shared = '[ml2_type_vxlan]\nvxlan_group = 239.1.1.1\n';
  expect(groupOf('')).toBe('224.0.0.1');
  expect(groupOf(shared)).toBe('239.1.1.1');
  expect(groupOf(`${shared}[vxlan]\nvxlan_group =\n`)).toBe('');
  rmSync(folder, { recursive: true });
});
