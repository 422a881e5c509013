import { readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { labHash, openProofs } from '../../../server/appliance/proof/proofs-file.ts';
import { labFolder } from '../../support/lab-folder.ts';

const quiet = { error: () => undefined };

it('a proven lab stays proven until its folder changes', async () => {
  await using labs = await labFolder();
  const folder = join(labs.path, 'sample');
  const state = join(labs.path, 'state');
  const proofs = openProofs(state, quiet);
  expect(await proofs.provenAt('sample', folder)).toBeUndefined();
  await proofs.record('sample', await labHash(folder));
  const provenAt = await openProofs(state, quiet).provenAt('sample', folder);
  expect(Date.now() - Date.parse(provenAt!)).toBeLessThan(60_000);
  await writeFile(join(folder, '.01-network.md.swp'), 'an editor at work');
  expect(await proofs.provenAt('sample', folder)).toBe(provenAt);
  await writeFile(join(folder, 'solution/01'), '# terminal: controller\nneutron net-create net02\n');
  expect(await proofs.provenAt('sample', folder)).toBeUndefined();
});

it('labs proven side by side are all noted', async () => {
  await using labs = await labFolder();
  const folder = join(labs.path, 'sample');
  const hash = await labHash(folder);
  const proofs = openProofs(labs.path, quiet);
  const names = ['one', 'two', 'three', 'four'];
  await Promise.all(names.map((name) => proofs.record(name, hash)));
  const noted = await Promise.all(names.map((name) => proofs.provenAt(name, folder)));
  expect(noted.every((time) => time !== undefined)).toBe(true);
});

it('a damaged file proves nothing, is told and kept aside', async () => {
  await using labs = await labFolder();
  const folder = join(labs.path, 'sample');
  const told: string[] = [];
  const proofs = openProofs(labs.path, { error: (message) => told.push(message) });
  await writeFile(join(labs.path, 'proofs.json'), '{"sample": {"hash": 7}}');
  expect(await proofs.provenAt('sample', folder)).toBeUndefined();
  expect(told).toHaveLength(1);
  expect((await readdir(labs.path)).some((name) => name.startsWith('proofs.json.damaged-'))).toBe(true);
  await proofs.record('sample', await labHash(folder));
  expect(await proofs.provenAt('sample', folder)).toBeDefined();
  await rm(join(labs.path, 'proofs.json'));
});
