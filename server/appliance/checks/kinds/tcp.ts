// Is a TCP port open, seen from one place? curl's telnet scheme connects and needs nothing that nodes lack.
import { z } from 'zod';
import { commandAt, placeName } from '../command-line.ts';
import type { CheckKind } from '../types.ts';

const schema = z.strictObject({ from: z.string(), to: z.string(), port: z.int().min(1).max(65535) });

export const tcp: CheckKind<z.infer<typeof schema>> = {
  name: 'tcp',
  schema,
  places: ({ from }) => [from],
  run: async ({ exec }, { from, to, port }) => {
    const argv = ['curl', '-sS', '-v', '--connect-timeout', '2', '-m', '3', `telnet://${to}:${port}`];
    const { stderr } = await exec(from, argv, { timeoutMs: 6_000, stdin: '' });
    const isOpen = /Connected to|Established connection/.test(stderr);
    return {
      verdict: isOpen ? 'passed' : 'failed',
      observed: isOpen ? `port ${port} of ${to} accepts` : `port ${port} of ${to}: ${reason(stderr)}`,
      expected: `a TCP connection to port ${port} of ${to}`,
      where: placeName(from),
      command: commandAt(from, ['curl', '-v', `telnet://${to}:${port}`]),
    };
  },
};

/** Why a connection was not made, in curl's words. */
export function reason(stderr: string): string {
  if (/refused/i.test(stderr)) return 'connection refused';
  if (/timed out|timeout/i.test(stderr)) return 'no answer';
  return /curl: \(\d+\) (.*)/.exec(stderr)?.[1] ?? 'no connection';
}
