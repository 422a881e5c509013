// A build that fails, or is given up, says why and leaves no layer and no container behind.
import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { beforeAll, expect, it } from 'vitest';
import { connectEngine, type Engine } from '../../server/appliance/engine/engine.ts';
import { BuildFailed } from '../../server/appliance/engine/failures.ts';
import { packTar } from '../../server/appliance/engine/tar.ts';
import { debianImage, ensureBaseImage } from '../../server/appliance/set-up/base-image.ts';

let engine: Engine;

beforeAll(async () => {
  engine = await connectEngine(process.env);
  await ensureBaseImage(engine, () => undefined);
});

/** Builds from lines after `FROM debian`; the first of them makes a layer that no other build has. */
async function build(
  lines: string[],
  signal?: AbortSignal,
  onLine: (line: string) => void = () => undefined,
) {
  const mark = randomUUID();
  const dockerfile = [`FROM ${debianImage}`, `ENV MARK=${mark}`, ...lines, ''].join('\n');
  const failure = await engine
    .buildImage({
      name: `test-build:${mark}`,
      context: packTar([{ path: 'Dockerfile', content: Buffer.from(dockerfile) }]),
      args: {},
      labels: {},
      onProgress: ({ line }) => onLine(line),
      ...(signal ? { signal } : {}),
    })
    .then(
      () => undefined,
      (error: unknown) => error as Error,
    );
  return { failure, left: imagesWith(mark) };
}

/** Images of which the environment has a text, layers without a name too. */
function imagesWith(text: string): string[] {
  const docker = (...words: string[]) => execFileSync('docker', words, { encoding: 'utf8' });
  const ids = docker('image', 'ls', '--all', '--quiet', '--no-trunc', '--filter', 'dangling=true');
  return ids
    .split('\n')
    .filter(Boolean)
    .filter((id) => docker('image', 'inspect', '--format', '{{.Config.Env}}', id).includes(text));
}

it('a build that fails tells its last lines, without colours', async () => {
  const { failure, left } = await build(['RUN printf "\\033[91mbefore the fall\\033[0m\\n" && false']);
  expect(failure).toBeInstanceOf(BuildFailed);
  expect(failure?.message).toMatch(
    /could not be built: .*returned a non-zero code: 1\n[^]*\nbefore the fall\n/,
  );
  expect(left).toEqual([]);
});

it('a build that is given up ends with the reason', async () => {
  const giveUp = new AbortController();
  const onLine = (line: string) => {
    if (line.includes('begun')) giveUp.abort(new Error('Stopped by SIGINT'));
  };
  const { failure, left } = await build(['RUN echo begun; sleep 60'], giveUp.signal, onLine);
  expect(failure?.message).toBe('Stopped by SIGINT');
  expect(left).toEqual([]);
});
