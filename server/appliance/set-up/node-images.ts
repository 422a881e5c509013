// The images of the nodes: each named by the hash of what it is made from, so that only what changed is built.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Engine } from '../engine/engine.ts';
import { packTar, type TarEntry } from '../engine/tar.ts';
import type { BuildProgress } from '../engine/types.ts';
import { removeGuestVolumes } from '../labs/guest-volume.ts';
import { imageLabel } from '../labs/names.ts';
import type { NodeKind } from '../labs/spec.ts';
import { bundleCloud } from './bundle.ts';
import { debianImage } from './base-image.ts';
import { contentHash, entriesHash, fileHash, readFolder } from './content-hash.ts';
import { folders } from './folders.ts';

export type ImageName = 'base' | 'cloud' | 'guest' | 'client' | NodeKind;

/** Which images an image is made from, by the name of the build argument. */
const parents: Record<ImageName, Partial<Record<string, ImageName>>> = {
  base: {},
  cloud: { BASE: 'base' },
  guest: { BASE: 'base' },
  controller: { BASE: 'base', CLOUD: 'cloud', GUEST: 'guest' },
  network: { BASE: 'base', CLOUD: 'cloud' },
  compute: { BASE: 'base', CLOUD: 'cloud' },
  outside: { BASE: 'base' },
  client: {},
};
const order = Object.keys(parents) as ImageName[];

/** Images that no node is made of; they are built for those who ask for them. */
const onlyAskedFor: readonly ImageName[] = ['client'];

interface Source {
  entries: () => Promise<TarEntry[]>;
  hash: string;
}

/** Files of an image that come from elsewhere than its folder. */
async function generated(name: ImageName): Promise<Source> {
  if (name === 'base') {
    const entries = async () => [{ path: 'node', content: await readFile(folders.node), mode: 0o755 }];
    return { entries, hash: await fileHash(folders.node) };
  }
  if (name === 'cloud') {
    const files = (await bundleCloud()).map((file) => ({ ...file, path: `bundle/${file.path}` }));
    return { entries: () => Promise.resolve(files), hash: entriesHash(files) };
  }
  return { entries: () => Promise.resolve([]), hash: '' };
}

/** A configuration template is rendered for each lab and is no part of the image. */
const isTemplate = (path: string) => path.startsWith('config/');

export type OnBuild = (image: string, progress: BuildProgress) => void;

const hashLabel = 'patchbay.hash';

/**
 * Name of each image as built from the sources now; builds those that the engine lacks, in order. An image that no node is
 * made of is built where `asked` names it.
 */
export async function ensureNodeImages(
  engine: Engine,
  { onBuild, asked = [], signal }: { onBuild: OnBuild; asked?: readonly ImageName[]; signal?: AbortSignal },
): Promise<Record<ImageName, string>> {
  const present = new Set((await engine.listImages(imageLabel)).flatMap(({ names }) => names));
  const names = {} as Record<ImageName, string>;
  for (const name of order) {
    signal?.throwIfAborted();
    const from = Object.entries(parents[name]).map(([arg, parent]) => [arg, names[parent!]] as const);
    const args: Record<string, string> =
      from.length === 0 ? { DEBIAN: debianImage } : Object.fromEntries(from);
    const [own, extra] = await Promise.all([
      readFolder(join(folders.images, name), isTemplate),
      generated(name),
    ]);
    const hash = contentHash([entriesHash(own), extra.hash, ...Object.values(args)]);
    names[name] = `patchbay/${name}:${hash}`;
    if (present.has(names[name]) || (onlyAskedFor.includes(name) && !asked.includes(name))) continue;
    onBuild(name, { line: 'Packing' });
    await engine.buildImage({
      name: names[name],
      context: packTar([...own, ...(await extra.entries())]),
      args,
      labels: { [imageLabel]: name, [hashLabel]: hash },
      onProgress: (progress) => onBuild(name, progress),
      ...(signal ? { signal } : {}),
    });
  }
  // in use by its container, an image of guests would stay
  await removeGuestVolumes(engine, names.guest).catch(() => undefined);
  await removeOldImages(engine, new Set(Object.values(names)));
  return names;
}

const keptSeconds = 3600;

/** Removes builds of earlier sources that nothing uses; a recent one may belong to a start that is under way. */
async function removeOldImages(engine: Engine, current: Set<string>): Promise<void> {
  const old = (await engine.listImages(imageLabel)).filter(
    ({ names, createdAtSeconds }) =>
      !names.some((name) => current.has(name)) && Date.now() / 1000 - createdAtSeconds > keptSeconds,
  );
  for (const image of old) {
    // In use, or a parent of one that is: it stays.
    for (const name of image.names) await engine.removeImage(name).catch(() => undefined);
  }
}
