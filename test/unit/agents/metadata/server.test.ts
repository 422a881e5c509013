// The metadata agent's server on its socket, with a real HTTP server in the place of Compute.
import { mkdtempSync } from 'node:fs';
import { createServer, request, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { serveMetadata } from '../../../../server/cloud/agents/metadata/server.ts';
import { silentLogger } from '../../../../server/lib/log.ts';

const knownAddress = '10.0.0.5';
const asNetwork = { 'X-Forwarded-For': knownAddress, 'X-Neutron-Network-ID': 'n1' };

/** The agent in front of a Compute that answers `status` and `body`; port 1 stands for one that is not there. */
async function setUp({ status = 200, body = 'ok\n', isThere = true } = {}) {
  const seen: { method?: string; url?: string; headers: IncomingHttpHeaders; body: string }[] = [];
  const nova = createServer((incoming, response) => {
    let text = '';
    incoming.on('data', (chunk: Buffer) => (text += chunk.toString()));
    incoming.on('end', () => {
      const { method, url, headers } = incoming;
      seen.push({ ...(method && { method }), ...(url && { url }), headers, body: text });
      response.writeHead(status, { 'Content-Type': 'application/json' });
      response.end(body);
    });
  });
  await new Promise<void>((resolve) => nova.listen(0, '127.0.0.1', resolve));
  const socket = join(mkdtempSync(join(tmpdir(), 'metadata-')), 'metadata_proxy');
  const port = isThere ? (nova.address() as AddressInfo).port : 1;
  const stop = await serveMetadata({
    socket,
    nova: { protocol: 'http', host: '127.0.0.1', port, insecure: false, sharedSecret: 'secret' },
    findInstance: ({ address }) =>
      address === 'broken'
        ? Promise.reject(new Error('the server is away'))
        : Promise.resolve(address === knownAddress ? { id: 'vm', tenantId: 't' } : undefined),
    log: silentLogger,
  });
  const ask = (path: string, headers: Record<string, string>, method = 'GET', text = '') =>
    new Promise<{ status: number; type: string | undefined; body: string }>((resolve, reject) => {
      const outgoing = request({ socketPath: socket, path, method, headers }, (response) => {
        let answer = '';
        response.on('data', (chunk: Buffer) => (answer += chunk.toString()));
        response.on('end', () =>
          resolve({ status: response.statusCode!, type: response.headers['content-type'], body: answer }),
        );
      });
      outgoing.on('error', reject);
      outgoing.end(text);
    });
  return {
    ...{ ask, seen },
    [Symbol.asyncDispose]: async () => {
      await stop();
      nova.closeAllConnections();
      await new Promise((resolve) => nova.close(resolve));
    },
  };
}

it('a request is passed on with path, query and body, in the name of the instance only', async () => {
  await using agent = await setUp();
  const claim = { ...asNetwork, 'X-Instance-ID': 'forged', 'X-Tenant-ID': 'forged' };
  const answer = await agent.ask('/openstack/latest/password?a=b', claim, 'POST', 'hello');
  expect(answer).toEqual({ status: 200, type: 'application/json', body: 'ok\n' });
  expect(agent.seen).toMatchObject([
    {
      ...{ method: 'POST', url: '/openstack/latest/password?a=b', body: 'hello' },
      headers: { 'x-instance-id': 'vm', 'x-tenant-id': 't', 'x-forwarded-for': knownAddress },
    },
  ]);
});

it('the address that the proxy added counts, not one that the instance claims', async () => {
  await using agent = await setUp();
  const claims = { ...asNetwork, 'X-Forwarded-For': `${knownAddress}, 10.0.0.66` };
  expect((await agent.ask('/', claims)).status).toBe(404);
});

it('whoever is not known, or not said to come from one place, gets 404 and Compute is not asked', async () => {
  await using agent = await setUp();
  const both = { ...asNetwork, 'X-Neutron-Router-ID': 'r1' };
  const answers = await Promise.all([
    agent.ask('/', { ...asNetwork, 'X-Forwarded-For': '10.0.0.6' }),
    agent.ask('/', { 'X-Forwarded-For': knownAddress }),
    agent.ask('/', both),
    agent.ask('/', {}),
  ]);
  expect(answers.map(({ status }) => status)).toEqual([404, 404, 404, 404]);
  expect(agent.seen).toEqual([]);
});

it('failures of Compute keep their status, and its own error is told apart', async () => {
  for (const [status, told, text] of [
    [403, 403, 'Access was denied'],
    [404, 404, 'could not be found'],
    [500, 500, 'Remote metadata server experienced an internal server error.'],
    [418, 500, 'An unknown error has occurred.'],
  ] as const) {
    await using agent = await setUp({ status });
    const answer = await agent.ask('/', asNetwork);
    expect({ status: answer.status, hasText: answer.body.includes(text) }).toEqual({
      status: told,
      hasText: true,
    });
  }
});

it('without Compute or without the Networking server the answer is an unknown error', async () => {
  await using agent = await setUp({ isThere: false });
  const answer = await agent.ask('/', asNetwork);
  expect({ status: answer.status, length: answer.body.length }).toEqual({ status: 500, length: 207 });
  expect((await agent.ask('/', { ...asNetwork, 'X-Forwarded-For': 'broken' })).status).toBe(500);
});

it('a body that is too large is refused', async () => {
  await using agent = await setUp();
  expect((await agent.ask('/', asNetwork, 'POST', 'x'.repeat(70_000))).status).toBe(400);
});
