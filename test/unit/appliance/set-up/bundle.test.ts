import { execFile } from 'node:child_process';
import { tmpdir } from 'node:os';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { root } from '../../../support/sources.ts';

const program = `
  const { bundleCloud } = await import('${root}/server/appliance/set-up/bundle.ts');
  const { entriesHash } = await import('${root}/server/appliance/set-up/content-hash.ts');
  console.log(entriesHash(await bundleCloud()));`;

/** Hash of the bundle as made by a command that is called from a folder. */
async function hashFrom(cwd: string): Promise<string> {
  const argv = ['--input-type=module', '--eval', program];
  return (await promisify(execFile)(process.execPath, argv, { cwd })).stdout.trim();
}

it('the bundle, and with it the images, is the same wherever the command is called from', async () => {
  const [here, elsewhere] = await Promise.all([hashFrom(root), hashFrom(tmpdir())]);
  expect(here).toMatch(/^[0-9a-f]+$/);
  expect(elsewhere).toBe(here);
});
