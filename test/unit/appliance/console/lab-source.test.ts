// The catalog's cards: what a lab's folder says, and when it was last proven as it is now.
import { appendFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { readCatalog } from '../../../../server/appliance/console/lab-source.ts';
import { labHash, openProofs } from '../../../../server/appliance/proof/proofs-file.ts';
import { labFolder } from '../../../support/lab-folder.ts';

it('says when a lab was last proven, until its folder changes', async () => {
  await using labs = await labFolder();
  const state = await mkdtemp(join(tmpdir(), 'lab-source-'));
  const proofs = openProofs(state, { error: (message) => expect.unreachable(message) });
  const provenAt = async () => (await readCatalog(labs.path, proofs))[0]!.lastProvenAt;
  expect(await provenAt()).toBeUndefined();
  await proofs.record('sample', await labHash(join(labs.path, 'sample')));
  expect(Date.parse((await provenAt())!)).toBeGreaterThan(Date.now() - 60_000);
  await appendFile(join(labs.path, 'sample', '01-network.md'), '\nOne more sentence.\n');
  expect(await provenAt()).toBeUndefined();
  await rm(state, { recursive: true });
});

it('shows a folder that is no valid lab with its problem', async () => {
  await using labs = await labFolder({ 'lab.yaml': 'title: A lab\n' });
  const [entry] = await readCatalog(labs.path, { provenAt: () => Promise.resolve(undefined) });
  expect(entry).toMatchObject({ id: 'sample', problem: expect.stringContaining('lab.yaml') as string });
});
