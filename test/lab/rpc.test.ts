// Calls, casts and notifications through a real broker, and what becomes of them when it goes away.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { connect, type ConsumeMessage } from 'amqplib';
import { silentLogger } from '../../server/lib/log.ts';
import { adminContext, type RequestContext } from '../../server/cloud/model/context.ts';
import { connectRpc, type Rpc } from '../../server/cloud/rpc/connect-rpc.ts';
import { startRabbitmq, type Broker } from '../support/rabbitmq.ts';

let broker: Broker;
const open: Rpc[] = [];

beforeAll(async () => {
  broker = await startRabbitmq();
});
afterAll(async () => {
  await Promise.all(open.map((rpc) => rpc.close()));
  await broker?.[Symbol.asyncDispose]();
});

/** A connection under a host name, closed after the tests. */
function rpcOf(host: string): Rpc {
  const rpc = connectRpc({ transport_url: broker.url, host, log: silentLogger });
  open.push(rpc);
  return rpc;
}

/** A promise and the function that keeps it, for what must be received. */
const received = <T>() => Promise.withResolvers<T>();

it('answers a call with what the method returned, in the context of the caller', async () => {
  const [server, client] = [rpcOf('controller'), rpcOf('compute1')];
  server.serve('q-plugin', {
    greet: (args: { name: string }, context) => ({ hello: args.name, by: context.user_name }),
  });
  const context: RequestContext = { ...adminContext('req-1'), user_name: 'demo', roles: ['member'] };
  const answer = await client.call('q-plugin', 'greet', { name: 'x' }, { context });
  expect(answer).toEqual({ hello: 'x', by: 'demo' });
});

it('waits for a server that comes later', async () => {
  const [server, client] = [rpcOf('controller'), rpcOf('network')];
  const answer = client.call('q-late', 'ping', {}, { timeoutMs: 10_000 });
  await client.connected();
  server.serve('q-late', { ping: () => 'pong' });
  expect(await answer).toBe('pong');
});

it('passes on the class and the message of an error, and names an unknown method', async () => {
  const [server, client] = [rpcOf('controller'), rpcOf('network')];
  server.serve('q-errors', {
    fail: () => {
      throw Object.assign(new Error('Port p1 could not be found.'), { type: 'PortNotFound', status: 404 });
    },
  });
  await expect(client.call('q-errors', 'fail', {})).rejects.toMatchObject({
    name: 'RpcRemoteError',
    type: 'PortNotFound',
    message: 'Port p1 could not be found.',
  });
  await expect(client.call('q-errors', 'nothing', {})).rejects.toMatchObject({ type: 'UnsupportedVersion' });
});

it('gives up a call that nobody answers', async () => {
  const client = rpcOf('network');
  await expect(client.call('q-nobody', 'ping', {}, { timeoutMs: 300 })).rejects.toThrow(
    'Nobody answered ping on q-nobody within 300 ms',
  );
});

it('sends a cast to one host, and a fanout to all', async () => {
  const [one, two, client] = [rpcOf('compute1'), rpcOf('compute2'), rpcOf('controller')];
  const seen: string[] = [];
  const last = received<void>();
  const endpointsOf = (host: string) => ({
    update: ({ id }: { id: string }) => {
      seen.push(`${host} ${id}`);
      if (seen.length === 3) last.resolve();
    },
  });
  one.serve('q-agent-notifier-port-update', endpointsOf('compute1'));
  two.serve('q-agent-notifier-port-update', endpointsOf('compute2'));
  await Promise.all([one.connected(), two.connected()]);
  client.cast('q-agent-notifier-port-update', 'update', { id: 'a' }, { server: 'compute2' });
  client.cast('q-agent-notifier-port-update', 'update', { id: 'b' }, { fanout: true });
  await last.promise;
  expect(seen.sort()).toEqual(['compute1 b', 'compute2 a', 'compute2 b']);
});

it("has Neutron's exchanges, queues and bindings", async () => {
  const server = rpcOf('network');
  server.serve('l3_agent', {});
  await server.connected();
  const exchanges = await broker.control('list_exchanges', 'name', 'type', 'durable', 'auto_delete');
  expect(exchanges).toMatch(/^neutron\ttopic\tfalse\tfalse$/m);
  expect(exchanges).toMatch(/^l3_agent_fanout\tfanout\tfalse\ttrue$/m);
  const queues = await broker.control('list_queues', 'name', 'durable', 'auto_delete', 'arguments');
  expect(queues).toMatch(/^l3_agent\tfalse\tfalse\t\[\]$/m);
  expect(queues).toMatch(/^l3_agent\.network\tfalse\tfalse\t\[\]$/m);
  expect(queues).toMatch(/^l3_agent_fanout_[0-9a-f]{32}\tfalse\tfalse\t\[\{"x-expires",1800000\}\]$/m);
  expect(queues).toMatch(/^reply_[0-9a-f]{32}\tfalse\tfalse\t\[\{"x-expires",1800000\}\]$/m);
  const bindings = await broker.control('list_bindings', 'source_name', 'routing_key', 'destination_name');
  expect(bindings).toMatch(/^neutron\tl3_agent\.network\tl3_agent\.network$/m);
  expect(bindings).toMatch(/^l3_agent_fanout\tl3_agent\tl3_agent_fanout_[0-9a-f]{32}$/m);
});

it('leaves notifications in the queue notifications.info, in two layers of JSON', async () => {
  rpcOf('controller').notify('network.create.end', { network: { id: 'n1' } }, adminContext('req-n'));
  const connection = await connect(broker.url.replace('rabbit:', 'amqp:'));
  const channel = await connection.createChannel();
  await channel.assertQueue('notifications.info', { durable: false });
  const message = await new Promise<ConsumeMessage | null>((resolve) => {
    void channel.consume('notifications.info', resolve, { noAck: true });
  });
  await connection.close();
  expect(message?.fields).toMatchObject({ exchange: 'neutron', routingKey: 'notifications.info' });
  expect(message?.properties).toMatchObject({
    contentType: 'application/json',
    contentEncoding: 'utf-8',
    deliveryMode: 2,
    priority: 0,
  });
  const outer = JSON.parse(message!.content.toString()) as Record<string, string>;
  expect(outer['oslo.version']).toBe('2.0');
  expect(JSON.parse(outer['oslo.message']!)).toMatchObject({
    event_type: 'network.create.end',
    publisher_id: 'network.controller',
    priority: 'INFO',
    payload: { network: { id: 'n1' } },
    _context_request_id: 'req-n',
    _context_is_admin: true,
  });
});

it('finishes a call and delivers casts across a restart of the broker', async () => {
  const [server, client] = [rpcOf('controller'), rpcOf('network')];
  let runs = 0;
  const started = received<void>();
  const finish = received<string>();
  const told = received<string>();
  server.serve('q-restart', {
    slow: () => {
      runs++;
      started.resolve();
      return finish.promise;
    },
    note: ({ text }: { text: string }) => told.resolve(text),
  });
  const answer = client.call('q-restart', 'slow', {}, { timeoutMs: 60_000 });
  await started.promise;
  await broker.control('stop_app');
  client.cast('q-restart', 'note', { text: 'while it was away' });
  finish.resolve('done');
  let reconnects = 0;
  client.onConnect(() => reconnects++);
  await broker.control('start_app');
  expect(await answer).toBe('done');
  expect(runs).toBe(1);
  expect(reconnects).toBe(1);
  await server.connected();
  expect(await told.promise).toBe('while it was away');
});

it('notices a broker that has fallen silent', async () => {
  const client = rpcOf('network');
  await client.connected();
  let connects = 0;
  client.onConnect(() => connects++);
  const { exitCode } = await broker.container.exec(['sh', '-c', 'kill -STOP $(pidof beam.smp)']);
  expect(exitCode).toBe(0);
  await new Promise((resolve) => setTimeout(resolve, 16_000));
  await broker.container.exec(['sh', '-c', 'kill -CONT $(pidof beam.smp)']);
  await expect.poll(() => connects, { timeout: 20_000 }).toBe(2);
});
