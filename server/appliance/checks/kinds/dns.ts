// Does a name resolve to an address, asked from one place?
import { z } from 'zod';
import { commandAt, excerpt, placeName } from '../command-line.ts';
import type { CheckKind } from '../types.ts';

const schema = z.strictObject({
  from: z.string(),
  name: z.string(),
  /** Server to ask; the place's own resolver unless given. */
  server: z.string().optional(),
  address: z.string(),
});

export const dns: CheckKind<z.infer<typeof schema>> = {
  name: 'dns',
  schema,
  places: ({ from }) => [from],
  run: async ({ exec }, { from, name, server, address }) => {
    const argv = ['nslookup', name, ...(server === undefined ? [] : [server])];
    const { stdout, stderr } = await exec(from, argv, { timeoutMs: 6_000 });
    const answers = parseNslookup(stdout);
    return {
      verdict: answers.includes(address) ? 'passed' : 'failed',
      observed:
        answers.length > 0
          ? `${name} is ${answers.join(', ')}`
          : `no address for ${name}: ${excerpt(stderr || stdout)}`,
      expected: `${name} resolves to ${address}`,
      where: placeName(from),
      command: commandAt(from, argv),
      ...(/network (is )?unreachable|couldn't get address/i.test(stdout + stderr)
        ? { unasked: `${placeName(from)} could not ask: ${excerpt(stderr || stdout)}` }
        : {}),
    };
  },
};

/** Addresses of the answer part, in bind's or BusyBox's form; the server's own address is not one of them. */
export function parseNslookup(stdout: string): string[] {
  const answer = stdout.slice(stdout.search(/^Name:/m) === -1 ? stdout.length : stdout.search(/^Name:/m));
  return [...answer.matchAll(/^Address(?: \d+)?:\s*([0-9a-f.:]+)/gim)].map(([, address]) => address!);
}
