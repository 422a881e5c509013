// Does an address answer an echo request, seen from one place?
import { z } from 'zod';
import { commandAt, excerpt, placeName } from '../command-line.ts';
import type { CheckKind } from '../types.ts';

const schema = z.strictObject({ from: z.string(), to: z.string() });

export const ping: CheckKind<z.infer<typeof schema>> = {
  name: 'ping',
  schema,
  places: ({ from }) => [from],
  run: async ({ exec }, { from, to }) => {
    const argv = ['ping', '-c', '1', '-W', '1', to];
    const { code, stdout, stderr } = await exec(from, argv, { timeoutMs: 5_000 });
    const isSent = /\b[1-9]\d* packets transmitted/.test(stdout);
    const seen = /time=[\d.]+ ms/.exec(stdout)?.[0];
    return {
      verdict: code === 0 ? 'passed' : 'failed',
      observed: code === 0 ? `${to} answers (${seen ?? 'one reply'})` : noAnswer(to, stdout, stderr),
      expected: `an echo reply from ${to}`,
      where: placeName(from),
      command: commandAt(from, ['ping', '-c', '3', to]),
      ...(isSent ? {} : { unasked: `${placeName(from)} sent no request; ${noAnswer(to, stdout, stderr)}` }),
    };
  },
};

function noAnswer(to: string, stdout: string, stderr: string): string {
  const refusal = /(Network is unreachable|Destination [A-Za-z ]+|Time to live exceeded)/i.exec(
    stdout + stderr,
  );
  if (refusal !== null) return `${to}: ${refusal[1]}`;
  return stdout.includes('0 received') || stdout.includes('0 packets received')
    ? `no answer from ${to}`
    : `no answer from ${to}: ${excerpt(stderr || stdout)}`;
}
