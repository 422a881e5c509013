// A node may go at any moment, also while somebody types: its terminals and pipes end, and nothing else does.
import { PassThrough } from 'node:stream';
import type Docker from 'dockerode';
import { expect, it } from 'vitest';
import { openTerminalIn } from '../../../../server/appliance/engine/exec.ts';
import { openPipeIn } from '../../../../server/appliance/engine/pipe.ts';

/** An engine whose commands have this stream. */
const engineWith = (stream: PassThrough) =>
  ({
    getContainer: () => ({
      exec: async () => ({
        start: async () => stream,
        resize: async () => undefined,
        inspect: async () => ({}),
      }),
    }),
  }) as unknown as Docker;

const brokenPipe = () => Object.assign(new Error('write EPIPE'), { code: 'EPIPE' });

it('a terminal whose connection breaks is closed', async () => {
  const stream = new PassThrough();
  const terminal = await openTerminalIn(engineWith(stream), 'node', ['bash'], { cols: 80, rows: 24 });
  const closed = new Promise((resolve) => terminal.stream.once('close', resolve));
  stream.emit('error', brokenPipe());
  await closed;
  expect(stream.destroyed).toBe(true);
});

it('a pipe whose connection breaks before anybody listens is told as its end', async () => {
  const stream = new PassThrough();
  const pipe = await openPipeIn(engineWith(stream), 'node', ['node-observe']);
  const ended = new Promise((resolve) => pipe.onEnd(resolve));
  stream.emit('error', brokenPipe());
  expect(await ended).toBe('');
});
