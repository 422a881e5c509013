// Images: found, pulled, imported, built, removed.
import { Readable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { stripVTControlCharacters } from 'node:util';
import type Docker from 'dockerode';
import { asking, BuildFailed, unlessMissing } from './failures.ts';
import type { BuildProgress, ImageInfo } from './types.ts';

interface Message {
  stream?: string;
  status?: string;
  error?: string;
}

/** Follows the engine's JSON lines to their end; answers with the error it reported, if any. */
async function follow(stream: NodeJS.ReadableStream, onMessage: (message: Message) => void) {
  let rest = '';
  let failure: string | undefined;
  const take = (line: string) => {
    if (line.trim() === '') return;
    const message = JSON.parse(line) as Message;
    failure ??= message.error;
    onMessage(message);
  };
  for await (const bytes of stream) {
    const lines = (rest + String(bytes)).split('\n');
    rest = lines.pop() ?? '';
    lines.forEach(take);
  }
  take(rest);
  return failure;
}

export async function hasImage(docker: Docker, name: string): Promise<boolean> {
  return (await asking('Listing images', docker.listImages({ filters: { reference: [name] } }))).length > 0;
}

export async function listImages(docker: Docker, labels: string[]): Promise<ImageInfo[]> {
  const found = await asking('Listing images', docker.listImages({ filters: { label: labels } }));
  return found.map((one) => ({
    id: one.Id,
    names: (one.RepoTags ?? []).filter((name) => name !== '<none>:<none>'),
    labels: one.Labels ?? {},
    createdAtSeconds: one.Created,
  }));
}

export const removeImage = (docker: Docker, name: string) =>
  unlessMissing(asking(`Removing the image ${name}`, docker.getImage(name).remove()));

/** Gets an image from the registry of its name. Throws when no registry answers or has it. */
export async function pullImage(docker: Docker, name: string): Promise<void> {
  const stream = await asking(`Pulling ${name}`, docker.pull(name));
  const failure = await follow(stream, () => undefined);
  if (failure !== undefined) throw new BuildFailed(name, failure, '');
}

/** Makes an image of a root file system, given as a tar archive. */
export async function importImage(
  docker: Docker,
  name: string,
  archive: NodeJS.ReadableStream,
): Promise<void> {
  const [repo, tag] = name.split(':');
  const stream = await asking(`Importing ${name}`, docker.importImage(archive, { repo, tag }));
  const failure = await follow(stream as NodeJS.ReadableStream, () => undefined);
  if (failure !== undefined) throw new BuildFailed(name, failure, '');
}

/**
 * Builds an image from a tar archive with a Dockerfile at its root. Throws BuildFailed with the end of the output or,
 * when `signal` aborted it, the signal's reason; then no half of an image is left.
 */
export async function buildImage(
  docker: Docker,
  build: {
    name: string;
    context: Buffer;
    args: Record<string, string>;
    labels: Record<string, string>;
    onProgress: (progress: BuildProgress) => void;
    signal?: AbortSignal;
  },
): Promise<void> {
  const tail: string[] = [];
  let lastLayer: string | undefined;
  const onMessage = (message: Message) => {
    const line = stripVTControlCharacters(message.stream ?? message.status ?? '').trimEnd();
    if (line.trim() === '') return;
    tail.push(line);
    if (tail.length > 30) tail.shift();
    lastLayer = /^ ---> ([0-9a-f]{12})$/.exec(line)?.[1] ?? lastLayer;
    const step = /^Step (\d+)\/(\d+)/.exec(line);
    build.onProgress(step ? { line, step: Number(step[1]), steps: Number(step[2]) } : { line });
  };
  try {
    const stream = await asking(
      `Building ${build.name}`,
      docker.buildImage(Readable.from([build.context]), {
        t: build.name,
        buildargs: build.args,
        labels: build.labels,
        rm: true,
        forcerm: true,
        ...(build.signal ? { abortSignal: build.signal } : {}),
      }),
    );
    const failure = await follow(stream, onMessage);
    if (failure !== undefined) throw new BuildFailed(build.name, failure, tail.join('\n'));
  } catch (error) {
    await removeLayers(docker, lastLayer);
    build.signal?.throwIfAborted();
    throw error;
  }
}

const letGoWithinMs = 3_000;

/** Removes what a build got to, with the layers below it that nothing else has; one of a whole image stays. */
async function removeLayers(docker: Docker, layer: string | undefined): Promise<void> {
  if (layer === undefined) return;
  const { RepoTags } = await docker.getImage(layer).inspect().catch(() => ({ RepoTags: ['gone'] })); // prettier-ignore
  if (RepoTags.length > 0) return;
  const end = Date.now() + letGoWithinMs;
  while (Date.now() < end) {
    // An engine takes a moment to end the container of a build that was given up.
    const isDone = await docker.getImage(layer).remove().then(
      () => true,
      ({ statusCode }: { statusCode?: number }) => statusCode === 404,
    ); // prettier-ignore
    if (isDone) return;
    await delay(200);
  }
}
