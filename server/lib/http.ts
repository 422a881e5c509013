// What every API of the cloud shares: an express application with request ids and JSON bodies, and a server that closes.
import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import express, { type ErrorRequestHandler, type Express, type RequestHandler } from 'express';
import type { Logger } from './log.ts';

/** A failure as the API's own error body needs it. */
export interface HttpFailure {
  status: number;
  /** Name of the error's class: `NetworkNotFound`. */
  type: string;
  message: string;
  detail: unknown;
}

export interface AppOptions {
  log: Logger;
  /** Adds the API's routes, after the request id and the body are there. */
  routes: (app: Express) => void;
  /** The JSON body of an error answer. */
  renderError: (failure: HttpFailure) => unknown;
  /** What bodies are: JSON, or text whatever their type says. */
  bodies?: 'json' | 'text';
}

/**
 * An express application: `res.locals.request_id` and header `x-openstack-request-id`, JSON bodies (any JSON value) in
 * `req.body`, 404 for what no route answers, and errors rendered by `renderError`. An error with a numeric `status` below
 * 500 is the caller's and shown; any other becomes a 500 without its text and goes to the log.
 */
export function createApp({ log, routes, renderError, bodies = 'json' }: AppOptions): Express {
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.use(identify(log));
  app.use(
    bodies === 'json'
      ? express.json({ limit: '1mb', strict: false, type: isJsonBody })
      : express.text({ limit: '1mb', type: () => true }),
  );
  routes(app);
  app.use((_req, _res, next) => {
    next({ status: 404, type: 'HTTPNotFound', message: 'The resource could not be found.' });
  });
  app.use(answerErrors(log, renderError));
  return app;
}

/** Clients often send JSON without saying so; only uploads are left to their routes. */
const isJsonBody = (request: { headers: { 'content-type'?: string | undefined } }) =>
  !/^(application\/octet-stream|multipart\/)/.test(request.headers['content-type'] ?? '');

function identify(log: Logger): RequestHandler {
  return (req, res, next) => {
    const startedAt = performance.now();
    const request_id = `req-${randomUUID()}`;
    res.locals.request_id = request_id;
    res.setHeader('x-openstack-request-id', request_id);
    res.once('finish', () => {
      const seconds = ((performance.now() - startedAt) / 1000).toFixed(4);
      log.info(`${req.ip} "${req.method} ${req.originalUrl}" status: ${res.statusCode} time: ${seconds}`, {
        request_id,
      });
    });
    next();
  };
}

function answerErrors(log: Logger, renderError: AppOptions['renderError']): ErrorRequestHandler {
  return (error: unknown, _req, res, _next) => {
    const failure = toFailure(error);
    if (failure.status >= 500) {
      const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
      log.error(text, { request_id: res.locals.request_id as string });
    }
    if (res.headersSent) res.destroy();
    else res.status(failure.status).json(renderError(failure));
  };
}

/** What an error thrown below a route means to the caller. */
function toFailure(error: unknown): HttpFailure {
  const { status, type, message, detail } = error as Partial<HttpFailure>;
  // body-parser marks its errors with types of its own, all in lower case with dots
  if (type === 'entity.parse.failed')
    return {
      status: 400,
      type: 'MalformedRequestBody',
      message: 'Malformed request body: cannot understand JSON.',
      detail: '',
    };
  if (type === 'entity.too.large')
    return {
      status: 413,
      type: 'HTTPRequestEntityTooLarge',
      message: 'The body of your request was too large.',
      detail: '',
    };
  if (typeof status === 'number' && status >= 400 && (status < 500 || type !== undefined))
    return { status, type: type ?? 'HTTPBadRequest', message: message ?? '', detail: detail ?? '' };
  return {
    status: 500,
    type: 'HTTPInternalServerError',
    message: 'Request Failed: internal server error while processing your request.',
    detail: '',
  };
}

/** A listening API; `port` is the one the system chose when 0 was asked for. */
export interface Listening {
  host: string;
  port: number;
  url: string;
  /** Takes no new requests, lets running ones end for up to 1.5 s, then cuts them. */
  close(): Promise<void>;
}

/** Serves `app`; rejects with a sentence when the address cannot be used. */
export async function listen(
  app: Express,
  { host, port, log }: { host: string; port: number; log: Logger },
): Promise<Listening> {
  const server = createServer(app);
  // longer than clients keep idle connections, so that they close first
  server.keepAliveTimeout = 65_000;
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) => reject(new Error(`Cannot listen on ${host}:${port}: ${error.message}`)));
    server.listen(port, host, resolve);
  });
  const address = server.address() as AddressInfo;
  const shownHost = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host;
  log.info(`Listening on ${host}:${address.port}`);
  return {
    host,
    port: address.port,
    url: `http://${shownHost}:${address.port}`,
    close: () =>
      new Promise((resolve) => {
        const cut = setTimeout(() => server.closeAllConnections(), 1500);
        server.close(() => {
          clearTimeout(cut);
          resolve();
        });
        server.closeIdleConnections();
      }),
  };
}
