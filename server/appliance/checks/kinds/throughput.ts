// How much gets through from one place to another? A short iperf3 run, its server started for it and gone with it.
import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import { commandAt, excerpt, placeName } from '../command-line.ts';
import type { CheckKind, Exec, ExecResult, Look } from '../types.ts';

const schema = z
  .strictObject({
    /** The place that sends. */
    from: z.string(),
    /** The place that receives. */
    to: z.string(),
    /** The address it is reached at. */
    address: z.string(),
    port: z.int().min(1).max(65535).default(5201),
    /** Mbit/s. */
    at_least: z.number().min(0).optional(),
    at_most: z.number().min(0).optional(),
    seconds: z.int().min(1).max(5).default(2),
  })
  .refine(({ at_least, at_most }) => at_least !== undefined || at_most !== undefined, {
    error: "'at_least' or 'at_most' is needed, in Mbit/s",
  });
type Args = z.infer<typeof schema>;

export const throughput: CheckKind<Args> = {
  name: 'throughput',
  schema,
  places: ({ from, to }) => [from, to],
  run: async ({ exec }, args): Promise<Look> => {
    const { from, to, address, port } = args;
    const { server, client } = await transfer(exec, args);
    const megabits = parseMegabits(client.stdout);
    const base = {
      expected: expectation(args),
      where: `from ${placeName(from)} to ${placeName(to)}`,
      command: commandAt(from, ['iperf3', '-c', address, '-p', String(port)]),
    };
    if (megabits === undefined) {
      const reason = errorOf(client) ?? errorOf(server) ?? 'no answer';
      const observed = `nothing gets through: ${reason}`;
      return { verdict: 'failed', observed, ...base, unasked: observed };
    }
    const { at_least: least = 0, at_most: most = Infinity } = args;
    return {
      verdict: megabits >= least && megabits <= most ? 'passed' : 'failed',
      observed: `${megabits.toFixed(megabits < 10 ? 1 : 0)} Mbit/s`,
      ...base,
    };
  },
};

/** The server ends after its one client, or by itself a little after the client would have. */
async function transfer(
  exec: Exec,
  { from, to, address, port, seconds }: Args,
): Promise<{ server: ExecResult; client: ExecResult }> {
  let isServing = true;
  const serving = exec(to, ['iperf3', '-s', '-1', '-J', '-p', String(port)], {
    timeoutMs: (seconds + 3) * 1000,
  }).finally(() => (isServing = false));
  serving.catch(() => undefined);
  const argv = ['iperf3', '-c', address, '-p', String(port), '-t', String(seconds), '-J'];
  const ask = () => exec(from, [...argv, '--connect-timeout', '2000'], { timeoutMs: (seconds + 4) * 1000 });
  let client = await ask();
  // the server takes a moment to listen
  while (isServing && /refused/i.test(client.stdout)) {
    await delay(100);
    client = await ask();
  }
  return { server: await serving, client };
}

/** What arrived, of iperf3's JSON. */
export function parseMegabits(stdout: string): number | undefined {
  const bits = (readJson(stdout) as { end?: { sum_received?: { bits_per_second?: number } } })?.end
    ?.sum_received?.bits_per_second;
  return bits === undefined ? undefined : bits / 1e6;
}

function errorOf({ stdout, stderr }: ExecResult): string | undefined {
  const { error } = (readJson(stdout) ?? {}) as { error?: string };
  return error?.replace(/^error - /, '') ?? (stderr.trim() === '' ? undefined : excerpt(stderr));
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function expectation({ address, at_least, at_most }: Args): string {
  const bounds = [
    at_least === undefined ? '' : `at least ${at_least}`,
    at_most === undefined ? '' : `at most ${at_most}`,
  ];
  return `${bounds.filter(Boolean).join(' and ')} Mbit/s to ${address}`;
}
