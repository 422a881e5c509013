// Is a TCP port open, seen from one place? Connects and hangs up without a word.
import { z } from 'zod';
import { commandAt, excerpt, placeName } from '../command-line.ts';
import type { CheckKind } from '../types.ts';

const schema = z.strictObject({ from: z.string(), to: z.string(), port: z.int().min(1).max(65535) });

export const tcp: CheckKind<z.infer<typeof schema>> = {
  name: 'tcp',
  schema,
  places: ({ from }) => [from],
  run: async ({ exec }, { from, to, port }) => {
    const argv = from.startsWith('vm:')
      ? curlArgv(to, port)
      : ['nc', '-v', '-z', '-w', '2', to, String(port)];
    const { code, stderr } = await exec(from, argv, { timeoutMs: 6_000 });
    const isOpen = code === 0 || /Connected to|Established connection/.test(stderr);
    return {
      verdict: isOpen ? 'passed' : 'failed',
      observed: isOpen ? `port ${port} of ${to} accepts` : `port ${port} of ${to}: ${reason(stderr)}`,
      expected: `a TCP connection to port ${port} of ${to}`,
      where: placeName(from),
      command: commandAt(from, argv),
      ...(/refused|timed out|timeout|in progress|no route to host/i.test(stderr) ||
      isOpen ||
      stderr.trim() === ''
        ? {}
        : { unasked: `${placeName(from)} could not ask: ${excerpt(stderr)}` }),
    };
  },
};

function reason(stderr: string): string {
  if (/refused/i.test(stderr)) return 'connection refused';
  return /timed out|timeout|in progress/i.test(stderr) || stderr.trim() === ''
    ? 'no answer'
    : excerpt(stderr);
}

/** An instance's BusyBox nc cannot just knock; curl can. */
function curlArgv(to: string, port: number): string[] {
  return ['curl', '-sS', '-v', '-m', '2', `telnet://${to}:${port}`];
}
