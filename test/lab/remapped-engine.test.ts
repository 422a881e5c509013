// The same images and the first lab under an engine whose containers have user namespaces of their own.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { connectEngine } from '../../server/appliance/engine/engine.ts';
import { removeGuestVolumes } from '../../server/appliance/labs/guest-volume.ts';
import { guestName } from '../../server/appliance/labs/names.ts';
import { defaultSpec, type LabImages } from '../../server/appliance/labs/spec.ts';
import { folders } from '../../server/appliance/set-up/folders.ts';
import { ensureNodeImages } from '../../server/appliance/set-up/node-images.ts';
import { leftOvers, startNodes, takeNic } from '../support/nodes.ts';
import { startRemappedEngine, type SecondEngine } from '../support/second-engine.ts';

let second: SecondEngine;
let images: LabImages;

beforeAll(async () => {
  const first = await connectEngine(process.env);
  images = await ensureNodeImages(first, { onBuild: () => undefined });
  second = await startRemappedEngine();
  await second.copyImages(Object.values(images));
});
afterAll(async () => {
  await second?.[Symbol.asyncDispose]();
});

it('starts nodes whose root is nobody on the host, with wires, switch and namespaces that work', async () => {
  expect((await second.engine.readFacts()).isUserNamespaceRemapped).toBe(true);
  const name = 'test-remapped';
  {
    await using nodes = await startNodes(second.engine, defaultSpec(name), images);
    const [inside, outside] = (await nodes.run('compute1', 'cat', '/proc/self/uid_map')).trim().split(/\s+/);
    expect(inside).toBe('0');
    expect(Number(outside)).toBeGreaterThan(0);
    await expect
      .poll(() => nodes.codeOf('compute1', 'ovs-vsctl', '--timeout=2', 'br-exists', 'br-eth1'))
      .toBe(0);
    const base = '/var/lib/nova/base';
    const owners = `find ${base} -mindepth 1 -printf '%U:%G\\n' | sort -u`;
    expect(await nodes.run('compute1', 'sh', '-c', owners)).toBe('0:0\n1000:1000\n');
    expect(await nodes.codeOf('compute1', 'touch', `${base}/mine`)).not.toBe(0);
    await nodes.run('compute1', 'ip', 'netns', 'add', 'probe');
    expect(await nodes.run('compute1', 'ip', 'netns', 'exec', 'probe', 'ip', '-br', 'link')).toContain('lo');
    await takeNic(nodes, 'compute1', 'eth1', '192.0.2.1/24');
    await takeNic(nodes, 'compute2', 'eth1', '192.0.2.2/24');
    await expect.poll(() => nodes.codeOf('compute1', 'ping', '-c1', '-W2', '192.0.2.2')).toBe(0);
  }
  expect(await leftOvers(second.engine, name)).toEqual([]);
});

it('keeps the files that instances boot from while there is a lab, and has no volume when they went with the last', async () => {
  const { engine } = second;
  const named = guestName(images.guest);
  const left = async () => (await engine.listVolumes()).map(({ name }) => name);
  {
    await using nodes = await startNodes(engine, defaultSpec('test-remapped'), images);
    await removeGuestVolumes(engine);
    expect(await left()).toEqual([named]);
    expect(await nodes.run('compute1', 'ls', '/var/lib/nova/base')).toMatch(/^[0-9a-f]{32}\n$/);
  }
  await removeGuestVolumes(engine, images.guest);
  expect(await left()).toEqual([named]);
  await removeGuestVolumes(engine);
  expect(await left()).toEqual([]);
  expect(await engine.listContainers()).toEqual([]);
});

it('runs the first lab from its start to its last check', async () => {
  const script = join(folders.root, 'test', 'support', 'run-lab.ts');
  const argv = [process.execPath, script, 'ovs-vlan-one-tenant', JSON.stringify(images)];
  const [program = '', ...words] = second.inItsNetwork(argv);
  let output = '';
  const child = spawn(program, words, { env: { ...process.env, DOCKER_HOST: second.host } });
  child.stdout.on('data', (bytes) => (output += String(bytes)));
  child.stderr.on('data', (bytes) => (output += String(bytes)));
  const code = await new Promise((resolve) => child.on('exit', resolve));
  expect(code, output).toBe(0);
});
