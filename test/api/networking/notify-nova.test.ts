// Compute hears of ports over HTTP, with a token that is fetched once and again after a 401.
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it } from 'vitest';
import { createLogger } from '../../../server/lib/log.ts';
import { createNovaNotifier } from '../../../server/cloud/networking/notify-nova.ts';

async function textOf(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return Buffer.concat(parts).toString();
}

it('events go out with a token, in order, and survive an expired token', async () => {
  const heard: { token: string | undefined; events: { name: string; tag: string }[] }[] = [];
  let tokens = 0;
  const server = createServer((request, response) => {
    void textOf(request).then((text) => {
      if (request.url?.includes('/auth/tokens')) {
        response.writeHead(201, { 'X-Subject-Token': `token-${++tokens}` }).end('{}');
        return;
      }
      const token = request.headers['x-auth-token'] as string | undefined;
      if (token === 'token-1' && heard.length === 1) return void response.writeHead(401).end('{}');
      heard.push({ token, events: JSON.parse(text).events });
      response.writeHead(200).end('{}');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const notifier = createNovaNotifier({
    nova_url: `${url}/v2.1`,
    auth_url: `${url}/v3`,
    username: 'nova',
    password: 'secret',
    project_name: 'service',
    onStatus: true,
    onData: false,
    log: createLogger({ log_file: '/dev/null' }, 'test'),
  });
  const tell = (id: string, event: 'plugged' | 'unplugged' | 'deleted', device_id = 'server-1') =>
    notifier.portChanged({ port: { id, device_id }, event });
  tell('port-1', 'plugged');
  await notifier.idle();
  tell('port-1', 'unplugged');
  tell('port-2', 'deleted');
  tell('port-3', 'plugged', '');
  await notifier.idle();
  expect(heard).toEqual([
    {
      token: 'token-1',
      events: [{ name: 'network-vif-plugged', server_uuid: 'server-1', tag: 'port-1', status: 'completed' }],
    },
    {
      token: 'token-2',
      events: [
        { name: 'network-vif-unplugged', server_uuid: 'server-1', tag: 'port-1', status: 'completed' },
      ],
    },
  ]);
  await new Promise((resolve) => server.close(resolve));
});
