// The files that instances boot from are on an engine once: whole whoever asks for them first, and whatever ended halfway.
import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { connectEngine, type Engine } from '../../server/appliance/engine/engine.ts';
import { packTar } from '../../server/appliance/engine/tar.ts';
import { ensureGuestVolume, guestMount } from '../../server/appliance/labs/guest-volume.ts';
import { guestLabel, guestName } from '../../server/appliance/labs/names.ts';
import { ensureNodeImages } from '../../server/appliance/set-up/node-images.ts';

// The labs of other tests have the volume of the image itself.
const image = `test-guest:${randomUUID().slice(0, 8)}`;
const name = guestName(image);
const { signal } = new AbortController();
const fileCount = 3_000;
let engine: Engine;
let whole: string;

const docker = async (...argv: string[]) =>
  (await promisify(execFile)('docker', argv, { maxBuffer: 16 * 2 ** 20 })).stdout;
const run = (script: string, ...options: string[]) =>
  docker('run', '--rm', '--network', 'none', ...options, '--entrypoint', 'sh', image, '-c', script);
const list = (folder: string) =>
  `cd ${folder} && find . -type f -printf '%p %U:%G %m %s\\n' -o -printf '%p %U:%G %m %y %l\\n' | sort`;
const filesOfVolume = () => run(list('/mnt'), '-v', `${name}:/mnt:ro`);
const label = `${guestLabel}=${image}`;
const fillers = async () => (await engine.listContainers(label)).map((one) => one.name);

beforeAll(async () => {
  engine = await connectEngine(process.env);
  const { guest } = await ensureNodeImages(engine, { onBuild: () => undefined });
  // so many files that a copy is under way for longer than a container takes to look at it
  const many = `RUN mkdir /guest-base/many && cd /guest-base/many && seq ${fileCount} | xargs touch`;
  const dockerfile = Buffer.from(`FROM ${guest}\nENV MARK=${image}\n${many}\n`);
  const context = packTar([{ path: 'Dockerfile', content: dockerfile }]);
  await engine.buildImage({ name: image, context, args: {}, labels: {}, onProgress: () => undefined });
  whole = await run(list('/guest-base'));
});
afterEach(async () => {
  await engine.removeContainer(name);
  await engine.removeVolume(name);
});
afterAll(() => engine?.removeImage(image));

it('is whole for each of several that ask at once', async () => {
  expect(whole).toContain('/usr/bin/sudo 0:0 4755 ');
  const ask = async (afterMs: number) => {
    await delay(afterMs);
    await ensureGuestVolume(engine, image, signal);
    return filesOfVolume();
  };
  const seen = await Promise.all([0, 0, 200, 400].map(ask));
  expect(seen.map((files) => files === whole)).toEqual([true, true, true, true]);
  expect(await fillers()).toEqual([name]);
  expect(await engine.listVolumes(label)).toMatchObject([{ name }]);
});

it('is filled anew where the engine ended before it was whole', async () => {
  const ensured = ensureGuestVolume(engine, image, signal);
  const find = async () => (await engine.listContainers(label))[0];
  await expect.poll(async () => (await find())?.state).toBe('running');
  const first = await find();
  await engine.killContainer(name);
  await ensured;
  expect((await find())?.id).not.toBe(first?.id);
  expect((await filesOfVolume()) === whole).toBe(true);
});

it('stays as it is for the nodes that have it when its container was pruned', async () => {
  await ensureGuestVolume(engine, image, signal);
  const node = (await docker('create', '-v', guestMount(image), image)).trim();
  try {
    await engine.removeContainer(name);
    await ensureGuestVolume(engine, image, signal);
    expect(await fillers()).toEqual([name]);
    expect((await filesOfVolume()) === whole).toBe(true);
  } finally {
    await engine.removeContainer(node);
  }
});

it('says that its image is missing, and is not waited for when a start is given up', async () => {
  await expect(ensureGuestVolume(engine, 'test-guest:none', signal)).rejects.toMatchObject({ status: 404 });
  await docker('create', '--name', name, image);
  await expect(ensureGuestVolume(engine, image, AbortSignal.timeout(500))).rejects.toThrow(/abort/);
});
