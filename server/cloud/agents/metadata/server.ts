// The HTTP server on the UNIX socket that the proxies in the namespaces talk to.
import { chmodSync, mkdirSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { dirname } from 'node:path';
import type { Logger } from '../../../lib/log.ts';
import { errorPage, remoteFailure } from './answers.ts';
import type { Asker, Instance } from './find-instance.ts';
import { forward, type NovaMetadata } from './forward.ts';

export interface MetadataServerOptions {
  socket: string;
  nova: NovaMetadata;
  findInstance(asker: Asker): Promise<Instance | undefined>;
  log: Logger;
}

const largestRequest = 64 * 1024;

/** Listens until the returned function is called; a socket left by an earlier process is replaced. */
export async function serveMetadata(options: MetadataServerOptions): Promise<() => Promise<void>> {
  const { socket, log } = options;
  const server = createServer({ requestTimeout: 30_000, headersTimeout: 30_000 }, (request, response) => {
    answer(options, request, response).catch((error: unknown) => {
      log.error(`Unexpected error: ${(error as Error).message}`);
      if (response.headersSent) response.destroy();
      else sendError(request, response, 500);
    });
  });
  mkdirSync(dirname(socket), { recursive: true });
  rmSync(socket, { force: true });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(socket, resolve);
  });
  chmodSync(socket, 0o666); // the proxies run as another user
  return () =>
    new Promise((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
}

async function answer(
  { nova, findInstance, log }: MetadataServerOptions,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const asker = askerOf(request);
  const instance = asker === undefined ? undefined : await findInstance(asker);
  if (asker === undefined || instance === undefined) {
    log.warning(`No instance has the address ${asker?.address ?? '(none given)'}`);
    return sendError(request, response, 404);
  }
  const body = await readBody(request);
  if (body === undefined) return sendError(request, response, 400);
  const { 'content-type': contentType } = request.headers;
  const said = await forward(
    nova,
    {
      method: request.method ?? 'GET',
      path: request.url ?? '/',
      address: asker.address,
      body,
      ...(contentType === undefined ? {} : { contentType }),
    },
    instance,
  );
  log.debug(`${request.method} ${request.url} of ${instance.id}: ${said.status}`);
  if (said.status === 200) {
    response.writeHead(200, {
      'Content-Type': said.contentType ?? 'text/plain; charset=UTF-8',
      'Content-Length': said.body.length,
    });
    response.end(said.body);
    return;
  }
  if (said.status === 403)
    log.warning('Compute refused the request: is metadata_proxy_shared_secret the same on both sides?');
  sendError(request, response, said.status, said.status === 500 ? remoteFailure : undefined);
}

/** The client's own address is the last one: haproxy adds it behind whatever the client claims. */
function askerOf({ headers }: IncomingMessage): Asker | undefined {
  const single = (name: string) => {
    const value = headers[name];
    return typeof value === 'string' && value !== '' ? value : undefined;
  };
  const address = single('x-forwarded-for')?.split(',').at(-1)?.trim();
  const networkId = single('x-neutron-network-id');
  const routerId = single('x-neutron-router-id');
  if (address === undefined || (networkId === undefined) === (routerId === undefined)) return undefined;
  return {
    address,
    ...(networkId === undefined ? {} : { networkId }),
    ...(routerId === undefined ? {} : { routerId }),
  };
}

/** The whole body, or undefined when it is too large. */
async function readBody(request: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    size += (chunk as Buffer).length;
    if (size > largestRequest) return undefined;
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks);
}

function sendError(
  request: IncomingMessage,
  response: ServerResponse,
  status: number,
  explanation?: string,
): void {
  const page = errorPage(status, request.headers.accept, explanation);
  response.writeHead(page.status, {
    'Content-Type': page.contentType,
    'Content-Length': Buffer.byteLength(page.body),
  });
  response.end(page.body);
}
