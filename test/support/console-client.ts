// A browser's side of the console for tests: signs in by the one-time link, sends requests, opens WebSockets.
import { mkdtempSync, rmSync } from 'node:fs';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { WebSocket } from 'ws';
import { serveConsole, type Console } from '../../server/appliance/http/console.ts';
import type { ConsoleEvent, TerminalMessage, TerminalRequest } from '../../server/appliance/http/types.ts';
import { openJourneys, type Journeys } from '../../server/appliance/journey/journeys.ts';
import { createDemoLabs, type DemoLabs } from './demo-labs.ts';

export interface Answer {
  status: number;
  headers: IncomingMessage['headers'];
  text: string;
  body: unknown;
}

export interface ConsoleClient {
  cookie: string;
  /** A request as the signed-in page makes it; headers given here replace its own, undefined removes one. */
  ask(method: string, path: string, options?: AskOptions): Promise<Answer>;
  connect(path: string, headers?: Record<string, string>): WebSocket;
}

export interface TestConsole extends ConsoleClient, AsyncDisposable {
  running: Console;
  labs: DemoLabs;
  /** Where its journeys are, unless its labs brought theirs. */
  stateFolder: string;
}

interface AskOptions {
  body?: unknown;
  headers?: Record<string, string | undefined>;
}

/** The console over the demo labs, on a free port, with this client signed in; what is remembered lasts as long as `labs`. */
export async function testConsole(
  labs = createDemoLabs(),
  options: { host?: string; url?: string } = {},
): Promise<TestConsole> {
  const errors: string[] = [];
  const log = { info: () => {}, error: (message: string) => void errors.push(message) };
  const stateFolder = temporaryFolder();
  const journeys = (labs.journeys ??= await openJourneys({ stateFolder, log }));
  const running = await serveConsole({ ...options, port: 0, labs, checks: labs, journeys, log });
  const client = await consoleClient(running.oneTimeLink(), `http://127.0.0.1:${running.port}`);
  return { running, labs, stateFolder, ...client, [Symbol.asyncDispose]: () => running.close() };
}

/** Goes with this process: demo labs that were still starting write after their console was closed. */
function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'journeys-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Journeys in a folder that goes with this process. */
export async function temporaryJourneys(): Promise<Journeys> {
  return openJourneys({ stateFolder: temporaryFolder(), log: { error: () => undefined } });
}

/**
 * Signs in at a console with its one-time link.
 * @param at where it listens, when that is not where the link leads
 */
export async function consoleClient(link: string, at = new URL(link).origin): Promise<ConsoleClient> {
  const { origin: url, host, search } = new URL(link);
  const signedIn = await send(at, 'GET', `/${search}`, { headers: { host } });
  const cookie = String(signedIn.headers['set-cookie']?.[0]).split(';')[0]!;
  return {
    cookie,
    ask: (method, path, { body, headers } = {}) =>
      send(`${at}${path}`, method, '', {
        headers: { host, cookie, origin: url, 'content-type': 'application/json', ...headers },
        ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      }),
    connect: (path, headers = { host, cookie, origin: url }) =>
      new WebSocket(`${at.replace('http', 'ws')}${path}`, { headers }),
  };
}

function send(
  url: string,
  method: string,
  query: string,
  { body, headers = {} }: { body?: string; headers?: Record<string, string | undefined> },
): Promise<Answer> {
  const given = Object.fromEntries(Object.entries(headers).filter(([, value]) => value !== undefined));
  return new Promise((resolve, reject) => {
    const request = httpRequest(
      `${url}${query}`,
      { method, headers: given as Record<string, string> },
      (response) => {
        let text = '';
        response.setEncoding('utf8');
        response.on('data', (part: string) => (text += part));
        response.on('end', () => {
          const isJson = response.headers['content-type']?.includes('json') === true;
          const answer = { status: response.statusCode ?? 0, headers: response.headers, text };
          resolve({ ...answer, body: isJson ? (JSON.parse(text) as unknown) : undefined });
        });
      },
    );
    request.on('error', reject);
    request.end(body);
  });
}

/** Reads events one after the other; `until` goes on to the first that fits. */
export function eventsOf(socket: WebSocket): {
  all: ConsoleEvent[];
  until(fits: (event: ConsoleEvent) => boolean): Promise<ConsoleEvent>;
} {
  const all: ConsoleEvent[] = [];
  let wake = () => {};
  socket.on('message', (data: Buffer) => {
    all.push(JSON.parse(data.toString()) as ConsoleEvent);
    wake();
  });
  return {
    all,
    async until(fits) {
      for (let at = 0; ; at++) {
        while (at >= all.length) await new Promise<void>((resolve) => (wake = resolve));
        if (fits(all[at]!)) return all[at]!;
      }
    },
  };
}

/** What a terminal's viewer has seen, and how to wait for more. */
export interface TerminalClient {
  socket: WebSocket;
  messages: TerminalMessage[];
  output(): string;
  /** Where the output seen so far ends. */
  offset(): number;
  request(request: TerminalRequest): void;
  seen(fits: (client: TerminalClient) => boolean): Promise<void>;
}

export function terminalOf(socket: WebSocket): TerminalClient {
  const messages: TerminalMessage[] = [];
  let output = '';
  let offset = 0;
  let wake = () => {};
  socket.on('message', (data: Buffer, isBinary: boolean) => {
    if (isBinary) {
      offset = data.readDoubleBE(0) + data.length - 8;
      output += data.subarray(8).toString();
    } else messages.push(JSON.parse(data.toString()) as TerminalMessage);
    wake();
  });
  socket.on('close', () => wake());
  const client: TerminalClient = {
    socket,
    messages,
    output: () => output,
    offset: () => offset,
    request: (request) => socket.send(JSON.stringify(request)),
    async seen(fits) {
      while (!fits(client)) await new Promise<void>((resolve) => (wake = resolve));
    },
  };
  return client;
}

/** The status a WebSocket was refused with, or 101. */
export function refusalOf(socket: WebSocket): Promise<number> {
  return new Promise((resolve) => {
    socket.on('unexpected-response', (_request, response) => {
      resolve(response.statusCode ?? 0);
      socket.terminate();
    });
    socket.on('open', () => {
      resolve(101);
      socket.close();
    });
    socket.on('error', () => {});
  });
}
