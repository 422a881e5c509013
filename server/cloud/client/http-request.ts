// One HTTP request over kept connections. node:http, not fetch: commands must start and end within milliseconds.
import type { IncomingHttpHeaders } from 'node:http';
import type { Readable } from 'node:stream';

// An import would read every export of node:http; WebSocket is one of them, and with it comes half of Node (TLS, HTTP/2, crypto):
// 45 ms of CPU in every command.
const { Agent, request } = process.getBuiltinModule('node:http');

/** An error answer of an API. */
export class ApiFailure extends Error {
  override name = 'ApiFailure';
  status: number;
  /** `NetworkNotFound`, `itemNotFound`, `Unauthorized` ... */
  type: string;
  constructor(status: number, type: string, message: string) {
    super(message);
    this.status = status;
    this.type = type;
  }
}

/** Nobody answered, or not in time. */
export class NoAnswer extends Error {
  override name = 'NoAnswer';
}

export interface HttpAnswer {
  status: number;
  headers: IncomingHttpHeaders;
  body: Buffer;
}

export interface HttpRequest {
  method: string;
  url: string;
  headers: Record<string, string>;
  body?: string | Buffer | Readable;
  timeoutMs: number;
}

const agent = new Agent({ keepAlive: true, maxSockets: 16, timeout: 120_000 });

/** Sends a request and reads the whole answer; rejects with NoAnswer when there is none. */
export function sendRequest({ method, url, headers, body, timeoutMs }: HttpRequest): Promise<HttpAnswer> {
  return new Promise((resolve, reject) => {
    const fail = (reason: string) =>
      reject(new NoAnswer(`Unable to establish connection to ${url}: ${reason}`));
    const outgoing = request(url, { method, headers, agent }, (incoming) => {
      const chunks: Buffer[] = [];
      incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
      incoming.on('error', (error) => fail(error.message));
      incoming.on('end', () => {
        clearTimeout(timer);
        resolve({ status: incoming.statusCode ?? 0, headers: incoming.headers, body: Buffer.concat(chunks) });
      });
    });
    const timer = setTimeout(
      () => outgoing.destroy(new Error(`no answer within ${timeoutMs} ms`)),
      timeoutMs,
    );
    outgoing.on('error', (error: Error & { code?: string }) => {
      clearTimeout(timer);
      fail(error.message || String(error.code));
    });
    if (body === undefined || typeof body === 'string' || Buffer.isBuffer(body)) outgoing.end(body);
    else {
      body.on('error', (error) => outgoing.destroy(error));
      body.pipe(outgoing);
    }
  });
}

/** What an error answer says; every API puts it below one key of its own. */
export function failureOf({ status, body }: HttpAnswer): ApiFailure {
  const text = body.toString('utf8');
  try {
    const [key, value] = Object.entries(JSON.parse(text) as Record<string, unknown>)[0] ?? [];
    const said = (typeof value === 'object' && value !== null ? value : { message: value }) as Record<
      string,
      unknown
    >;
    const type = said.type ?? said.title ?? key ?? 'Error';
    const detail = typeof said.detail === 'string' && said.detail !== '' ? `\n${said.detail}` : '';
    return new ApiFailure(status, String(type), `${String(said.message ?? text)}${detail}`);
  } catch {
    return new ApiFailure(status, 'Error', text === '' ? `The server answered ${status}` : text);
  }
}
