// Named namespaces, and what a node that died leaves of them.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { ensureNetns, inNetns, listNetns, removeNetns } from '../../server/host/netns.ts';
import { run } from '../../server/host/run.ts';

const name = 'qrouter-left';

it('a file without a namespace is none, and does not stand in the way of one', async () => {
  mkdirSync('/run/netns', { recursive: true });
  writeFileSync(`/run/netns/${name}`, '');
  try {
    expect(await listNetns()).toEqual([]);
    await ensureNetns(name);
    expect(await listNetns()).toEqual([name]);
    expect((await run(inNetns(name, ['ip', '-br', 'link']))).stdout).toContain('LOOPBACK,UP');
    await ensureNetns(name);
    await removeNetns(name);
    expect(await listNetns()).toEqual([]);
  } finally {
    rmSync(`/run/netns/${name}`, { force: true });
  }
});
