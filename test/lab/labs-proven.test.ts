// Every lab in labs/ proven whole, but for the first one, which ovs-vlan-one-tenant.test.ts proves and then goes on with.
import { expect, it } from 'vitest';
import { listLabs, readLab } from '../../server/appliance/catalog/read-lab.ts';
import { proveLab } from '../../server/appliance/proof/prove-lab.ts';
import { folders } from '../../server/appliance/set-up/folders.ts';
import { labPlatform } from '../support/lab-platform.ts';

const ids = (await listLabs(folders.labs)).filter((id) => id !== 'ovs-vlan-one-tenant');

it.each(ids)(
  '%s: each check fails before its step and passes after it, each mistake trips its check',
  async (id) => {
    const { platform, labsFolder } = await labPlatform();
    const report = await proveLab(await readLab(labsFolder, id), {
      ...{ platform, isWhole: true, isKept: false, signal: new AbortController().signal },
      onProgress: () => undefined,
    });
    expect(report.assertions.filter(({ outcome }) => outcome !== 'proven')).toEqual([]);
    expect(report).toMatchObject({ outcome: 'proven', mutationScore: 1 });
  },
);
