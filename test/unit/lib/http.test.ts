import { afterEach, expect, it } from 'vitest';
import type { Express } from 'express';
import { CloudError } from '../../../server/lib/errors.ts';
import { createApp, listen, type Listening } from '../../../server/lib/http.ts';
import { silentLogger, type Logger } from '../../../server/lib/log.ts';

let listening: Listening | undefined;
afterEach(() => listening?.close());

/** Serves `routes` and returns the address; errors are shown as they come. */
async function serve(routes: (app: Express) => void, log: Logger = silentLogger): Promise<string> {
  const app = createApp({ log, routes, renderError: (failure) => ({ failure }) });
  listening = await listen(app, { host: '127.0.0.1', port: 0, log });
  return listening.url;
}

const echo = (app: Express) => app.post('/echo', (req, res) => void res.json({ got: req.body as unknown }));
const post = (url: string, body: string, type = 'application/json') =>
  fetch(`${url}/echo`, { method: 'POST', body, headers: { 'content-type': type } });

it('gives every answer a request id of its own', async () => {
  const url = await serve(echo);
  const ids = await Promise.all([post(url, '1'), fetch(`${url}/nowhere`)]);
  const [first, second] = ids.map(({ headers }) => headers.get('x-openstack-request-id'));
  expect(first).toMatch(/^req-[0-9a-f-]{36}$/);
  expect(second).not.toBe(first);
});

it.each([
  ['{"a": 1}', 'application/json', { a: 1 }],
  ['"{}"', 'application/json', '{}'],
  ['{"a": 1}', 'application/x-www-form-urlencoded', { a: 1 }],
])('reads the body %s sent as %s', async (body, type, got) => {
  expect(await (await post(await serve(echo), body, type)).json()).toEqual({ got });
});

it('answers 400 to what is not JSON and 413 to what is too much', async () => {
  const url = await serve(echo);
  const broken = await post(url, '{"a":');
  expect(broken.status).toBe(400);
  expect(await broken.json()).toMatchObject({ failure: { type: 'MalformedRequestBody' } });
  expect((await post(url, JSON.stringify('x'.repeat(1_100_000)))).status).toBe(413);
});

it('shows errors that are the caller’s and keeps the others to the log', async () => {
  const logged: string[] = [];
  const log = { ...silentLogger, error: (message: string) => void logged.push(message) };
  const url = await serve((app) => {
    app.get('/theirs', () => {
      throw new CloudError(404, 'NetworkNotFound', 'Network n could not be found.');
    });
    app.get('/ours', () => {
      throw new Error('secret detail');
    });
  }, log);
  const theirs = await fetch(`${url}/theirs`);
  expect(theirs.status).toBe(404);
  expect(await theirs.json()).toEqual({
    failure: { status: 404, type: 'NetworkNotFound', message: 'Network n could not be found.', detail: '' },
  });
  const ours = await fetch(`${url}/ours`);
  expect(ours.status).toBe(500);
  expect(await ours.text()).not.toContain('secret');
  expect(logged).toHaveLength(1);
  expect(logged[0]).toContain('secret detail');
});

it('lets a running request end when it closes', async () => {
  const running = Promise.withResolvers<void>();
  const release = Promise.withResolvers<void>();
  const url = await serve((app) =>
    app.get('/slow', async (_req, res) => {
      running.resolve();
      await release.promise;
      res.json('done');
    }),
  );
  const answer = fetch(`${url}/slow`);
  await running.promise;
  const closed = listening!.close();
  release.resolve();
  expect(await (await answer).json()).toBe('done');
  await closed;
  await expect(fetch(`${url}/slow`)).rejects.toThrow();
});

it('says which address cannot be used', async () => {
  const url = new URL(await serve(echo));
  const app = createApp({ log: silentLogger, routes: () => undefined, renderError: () => ({}) });
  await expect(listen(app, { host: '127.0.0.1', port: Number(url.port), log: silentLogger })).rejects.toThrow(
    `Cannot listen on 127.0.0.1:${url.port}`,
  );
});
