import { expect, it } from 'vitest';
import { asking, BuildFailed } from '../../../../server/appliance/engine/failures.ts';

it('a full disk is said in words, with what to type', async () => {
  const refusal = { statusCode: 500, json: { message: 'write /var/lib/docker/x: no space left on device' } };
  await expect(asking('Creating network', Promise.reject(refusal))).rejects.toThrow(
    /^Creating network: write .*no space left on device\nThe disk is full: 'docker system df'/,
  );
  const build = new BuildFailed('base', 'code 1', 'dd: writing x: No space left on device');
  expect(build.message).toContain('The disk is full');
});

it('another refusal is told as it is', async () => {
  const refusal = { statusCode: 404, json: { message: 'no such image' } };
  await expect(asking('Creating network', Promise.reject(refusal))).rejects.toThrow(
    /^Creating network: no such image$/,
  );
});
