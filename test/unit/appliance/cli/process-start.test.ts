import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, it } from 'vitest';
import { startOf } from '../../../../server/appliance/cli/detached-console.ts';

it('tells a process from another that has its number', async () => {
  const own = startOf(process.pid);
  expect(own).toMatch(/^\d+$/);
  expect(startOf(process.pid)).toBe(own);
  const child = spawn('sleep', ['30']);
  await once(child, 'spawn');
  expect(Number(startOf(child.pid!))).toBeGreaterThanOrEqual(Number(own));
  child.kill();
  await once(child, 'exit');
  expect(startOf(child.pid!)).toBeUndefined();
});
