// What the API bench sends requests with: one kept connection per client, a clock around each request from its first byte out to its
// last byte in, nothing read from the answer while the clock runs.
import { Agent, request } from 'node:http';

export interface Timed {
  ms: number;
  /** Length of the answer. */
  bytes: number;
  text: string;
}

export interface ApiClient {
  /** Throws on an answer that is no success, with its words. */
  send(method: string, path: string, body?: unknown): Promise<Timed>;
  /** The same, read. */
  ask<Body>(method: string, path: string, body?: unknown): Promise<Body>;
  close(): void;
}

const patienceMs = 120_000;

/** A client of the API below `base` (`http://host:9696/v2.0`), with its own connection. */
export function apiClient(base: string, token: string): ApiClient {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const send = (method: string, path: string, body?: unknown) =>
    new Promise<Timed>((resolve, reject) => {
      const sent = body === undefined ? undefined : Buffer.from(JSON.stringify(body));
      const began = performance.now();
      const outgoing = request(
        `${base}${path}`,
        {
          ...{ method, agent, timeout: patienceMs },
          headers: {
            ...{ 'x-auth-token': token, accept: 'application/json' },
            ...(sent && { 'content-type': 'application/json', 'content-length': sent.length }),
          },
        },
        (answer) => {
          const chunks: Buffer[] = [];
          answer.on('data', (chunk: Buffer) => chunks.push(chunk));
          answer.on('error', reject);
          answer.on('end', () => {
            const ms = performance.now() - began;
            const whole = Buffer.concat(chunks);
            const text = whole.toString();
            if ((answer.statusCode ?? 500) < 300) resolve({ ms, bytes: whole.length, text });
            else
              reject(
                new Error(`${method} ${path} answers ${answer.statusCode ?? ''}: ${text.slice(0, 300)}`),
              );
          });
        },
      );
      outgoing.on('timeout', () =>
        outgoing.destroy(new Error(`${method} ${path}: no answer within ${patienceMs / 1000} s`)),
      );
      outgoing.on('error', reject);
      outgoing.end(sent);
    });
  return {
    send,
    ask: async <Body>(method: string, path: string, body?: unknown) =>
      JSON.parse((await send(method, path, body)).text) as Body,
    close: () => agent.destroy(),
  };
}

/** Times one request after the other, in milliseconds. */
export async function oneByOne<Item>(
  items: Iterable<Item>,
  send: (item: Item) => Promise<Timed>,
): Promise<{ samples: number[]; answers: Timed[] }> {
  const answers: Timed[] = [];
  for (const item of items) answers.push(await send(item));
  return { samples: answers.map(({ ms }) => ms), answers };
}

/** How many requests a second several clients get answered together, each sending its next one after an answer. */
export async function perSecond<Item>(
  clients: readonly ApiClient[],
  items: Iterable<Item>,
  send: (client: ApiClient, item: Item) => Promise<Timed>,
): Promise<number> {
  const waiting = items[Symbol.iterator]();
  let answered = 0;
  const began = performance.now();
  await Promise.all(
    clients.map(async (client) => {
      for (let next = waiting.next(); !next.done; next = waiting.next()) {
        await send(client, next.value);
        answered++;
      }
    }),
  );
  return answered / ((performance.now() - began) / 1000);
}
