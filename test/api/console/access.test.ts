// Who gets into the console: the one-time link, the cookie, Host and Origin, on HTTP and on WebSockets.
import { expect, it } from 'vitest';
import { refusalOf, testConsole } from '../../support/console-client.ts';

const noCookie = { cookie: undefined };

it('refuses every address without a session', async () => {
  await using page = await testConsole();
  const paths = ['/', '/api/catalog', '/api/nothing', '/assets/index.js', '/labs/demo-1'];
  const answers = await Promise.all(paths.map((path) => page.ask('GET', path, { headers: noCookie })));
  expect(answers.map(({ status }) => status)).toEqual(paths.map(() => 401));
  expect(answers[1]!.body).toMatchObject({ title: 'Not signed in' });
  expect(answers[0]!.text).toContain('./patchbay up');
});

it('trades a one-time link for a cookie that scripts and other sites do not get', async () => {
  await using page = await testConsole();
  const link = new URL(page.running.oneTimeLink());
  const answer = await page.ask('GET', `/${link.search}`, { headers: noCookie });
  expect(answer.status).toBe(303);
  expect(answer.headers.location).toBe('/');
  expect(answer.headers['set-cookie']?.[0]).toMatch(/HttpOnly; SameSite=Lax/);
});

it('accepts a link once', async () => {
  await using page = await testConsole();
  const { search } = new URL(page.running.oneTimeLink());
  await page.ask('GET', `/${search}`, { headers: noCookie });
  const second = await page.ask('GET', `/${search}`, { headers: noCookie });
  expect(second.status).toBe(401);
  expect(second.headers['set-cookie']).toBeUndefined();
  expect(second.text).toContain('used already');
});

it('goes on to the page when a signed-in browser opens its old link again', async () => {
  await using page = await testConsole();
  const answer = await page.ask('GET', '/?token=used');
  expect(answer.status).toBe(303);
});

it('refuses a cookie that was changed', async () => {
  await using page = await testConsole();
  const [name, value] = page.cookie.split('=') as [string, string];
  const [id, validUntil, learner, signature] = value.split('.') as [string, string, string, string];
  for (const forged of [
    `${id}.${Number(validUntil) + 1}.${learner}.${signature}`,
    `x${id}.${validUntil}.${learner}.${signature}`,
    id,
    '',
  ])
    expect((await page.ask('GET', '/api/catalog', { headers: { cookie: `${name}=${forged}` } })).status).toBe(
      401,
    );
});

it('refuses requests that come from another origin', async () => {
  await using page = await testConsole();
  const headers = { origin: 'http://evil.example' };
  expect((await page.ask('GET', '/api/catalog', { headers })).status).toBe(403);
  const start = await page.ask('POST', '/api/labs', { headers, body: { entry: 'demo' } });
  expect(start.status).toBe(403);
  expect(page.labs.running()).toEqual([]);
});

it('refuses a change that names no origin', async () => {
  await using page = await testConsole();
  const answer = await page.ask('POST', '/api/labs', {
    headers: { origin: undefined },
    body: { entry: 'demo' },
  });
  expect(answer.status).toBe(403);
});

it('does not answer to a name that was rebound to this address', async () => {
  await using page = await testConsole();
  const port = new URL(page.running.url).port;
  const headers = { host: `evil.example:${port}`, origin: `http://evil.example:${port}` };
  expect((await page.ask('GET', '/api/catalog', { headers })).status).toBe(403);
  expect(
    (await page.ask('GET', '/api/catalog', { headers: { host: `localhost:${port}`, origin: undefined } }))
      .status,
  ).toBe(200);
});

it('refuses WebSockets without a session or from another origin', async () => {
  await using page = await testConsole();
  const { cookie } = page;
  const { url } = page.running;
  expect(await refusalOf(page.connect('/api/events', { origin: url }))).toBe(401);
  expect(await refusalOf(page.connect('/api/events', { cookie, origin: 'http://evil.example' }))).toBe(403);
  expect(await refusalOf(page.connect('/api/events', { cookie }))).toBe(403);
  expect(await refusalOf(page.connect('/api/labs/demo-1/terminals/none'))).toBe(404);
  expect(await refusalOf(page.connect('/api/events'))).toBe(101);
});

it('keeps foreign code out of the page by its headers', async () => {
  await using page = await testConsole();
  const { headers } = await page.ask('GET', '/api/catalog');
  expect(headers['content-security-policy']).toContain("default-src 'self'");
  expect(headers['content-security-policy']).toContain("frame-ancestors 'none'");
  expect(headers['x-content-type-options']).toBe('nosniff');
});

it('answers behind a published port to the address that browsers use, and signs them in there', async () => {
  const url = 'http://127.0.0.1:9000';
  await using page = await testConsole(undefined, { url });
  const link = new URL(page.running.oneTimeLink());
  expect(link.origin).toBe(url);
  const from = { host: '127.0.0.1:9000', origin: url };
  const signedIn = await page.ask('GET', `/${link.search}`, { headers: { ...noCookie, ...from } });
  const [cookie = ''] = signedIn.headers['set-cookie'] ?? [];
  expect(cookie).toMatch(/^patchbay_9000=/);
  expect(cookie).not.toMatch(/Secure/i);
  const headers = { ...from, cookie: cookie.split(';')[0]! };
  expect((await page.ask('POST', '/api/labs', { headers, body: { entry: 'demo' } })).status).toBe(202);
  expect(await refusalOf(page.connect('/api/events', headers))).toBe(101);
  const other = { ...headers, host: '127.0.0.1:9001', origin: 'http://127.0.0.1:9001' };
  expect((await page.ask('GET', '/api/catalog', { headers: other })).status).toBe(403);
});

it('sends its cookie by https only where browsers come by https', async () => {
  await using page = await testConsole(undefined, { url: 'https://labs.example' });
  const { search } = new URL(page.running.oneTimeLink());
  const headers = { ...noCookie, host: 'labs.example', origin: 'https://labs.example' };
  const signedIn = await page.ask('GET', `/${search}`, { headers });
  expect(signedIn.headers['set-cookie']?.[0]).toMatch(/^patchbay_443=.*; Secure/);
});

it('gives for a wildcard an address that a browser can open', async () => {
  await using page = await testConsole(undefined, { host: '0.0.0.0' });
  expect(page.running.url).not.toContain('0.0.0.0');
  expect((await page.ask('GET', '/api/catalog')).status).toBe(200);
});
