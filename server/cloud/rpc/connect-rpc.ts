// Calls, casts and notifications over RabbitMQ with Neutron's exchanges and queues.
import type { ChannelModel, ConsumeMessage } from 'amqplib';
import type { Logger } from '../../lib/log.ts';
import { adminContext } from '../model/context.ts';
import { createAnswers, type Answer } from './answers.ts';
import { hexId, notificationBody, pack, requestBody, unpack, type Body } from './envelope.ts';
import { createLink } from './link.ts';
import { createOutbox } from './outbox.ts';
import { RpcRemoteError, RpcTimeout, type Rpc } from './rpc.ts';
import { parseTransportUrl } from './transport-url.ts';

export { RpcRemoteError, RpcTimeout, type Endpoint, type Rpc } from './rpc.ts';

/** Requests that one topic works on at a time. */
const prefetch = 32;
/** Queues of a process outlive it by half an hour. */
const expiringQueue = { durable: false, arguments: { 'x-expires': 1_800_000 } };
const replyPatienceMs = 60_000;
const castPatienceMs = 30_000;

export interface RpcOptions {
  transport_url: string;
  /** [DEFAULT] control_exchange. */
  exchange?: string;
  /** Name of this machine: `topic.<host>`. */
  host: string;
  log: Logger;
  notification_topics?: readonly string[];
  /** Default: `network.<host>`. */
  publisher_id?: string;
}

interface Served {
  topic: string;
  server: string;
  answer: Answer;
  fanoutQueue: string;
}

interface Waiting {
  id: string;
  resolve(result: unknown): void;
  reject(error: Error): void;
}

/** Connects in the background; everything can be used at once. Throws ConfigError for a bad transport_url. */
export function connectRpc(options: RpcOptions): Rpc {
  const { exchange = 'neutron', host, notification_topics = ['notifications'] } = options;
  const { publisher_id = `network.${host}` } = options;
  const log = options.log.child('rpc');
  const outbox = createOutbox(log);
  const served: Served[] = [];
  const waiting = new Map<string, Waiting>();
  const callbacks: (() => void)[] = [];
  const replyQueue = `reply_${hexId()}`;
  let connection: ChannelModel | undefined;
  let isUp = false;
  let whenConnected = Promise.withResolvers<void>();
  let declaring = Promise.resolve();

  const takeReply = (message: ConsumeMessage | null) => {
    if (message === null) return link.drop('the reply queue was deleted');
    const body = unpack(message.content);
    const call = waiting.get(String(body._msg_id));
    if (call === undefined) return;
    if (body.failure === null || body.failure === undefined) return call.resolve(body.result);
    const failure = JSON.parse(String(body.failure)) as { class: string; message: string };
    call.reject(new RpcRemoteError(failure.class, failure.message));
  };

  const sendReply = (queue: string, reply: Body) =>
    outbox.send({
      id: String(reply._unique_id),
      exchange: '',
      routingKey: queue,
      content: pack(reply),
      deadline: Date.now() + replyPatienceMs,
      mandatory: true,
    });

  const consume = async (through: ChannelModel, { topic, server, answer, fanoutQueue }: Served) => {
    const channel = await through.createChannel();
    channel.on('error', (error) => link.drop(error.message));
    await channel.prefetch(prefetch, true);
    await channel.assertExchange(exchange, 'topic', { durable: false });
    await channel.assertExchange(`${topic}_fanout`, 'fanout', { durable: false, autoDelete: true });
    const take = async (message: ConsumeMessage | null) => {
      if (message === null) return link.drop(`a queue of ${topic} was deleted`);
      try {
        const answered = await answer(unpack(message.content));
        if (answered !== undefined) sendReply(answered.queue, answered.reply);
      } catch (error) {
        log.warning(`A message to ${topic} cannot be read: ${(error as Error).message}`);
      }
      // after a lost connection the channel is gone, and the broker delivers the message again
      if (connection === through) channel.ack(message);
    };
    const deliver = (message: ConsumeMessage | null) => void take(message);
    for (const name of [topic, `${topic}.${server}`]) {
      await channel.assertQueue(name, { durable: false });
      await channel.bindQueue(name, exchange, name);
      await channel.consume(name, deliver);
    }
    await channel.assertQueue(fanoutQueue, expiringQueue);
    await channel.bindQueue(fanoutQueue, `${topic}_fanout`, topic);
    await channel.consume(fanoutQueue, deliver);
  };

  const link = createLink({
    brokers: parseTransportUrl(options.transport_url),
    log,
    async onUp(next) {
      connection = next;
      const replies = await next.createChannel();
      replies.on('error', (error) => link.drop(error.message));
      await replies.assertQueue(replyQueue, expiringQueue);
      await replies.consume(replyQueue, takeReply, { noAck: true });
      for (const service of [...served]) await consume(next, service);
      const publishing = await next.createConfirmChannel();
      publishing.on('error', (error) => link.drop(error.message));
      outbox.attach(publishing, (reason) => link.drop(reason));
      isUp = true;
      whenConnected.resolve();
      for (const callback of callbacks) callback();
    },
    onDown() {
      connection = undefined;
      outbox.detach();
      if (isUp) whenConnected = Promise.withResolvers<void>();
      isUp = false;
    },
  });

  return {
    call<Result>(topic: string, method: string, args: Body, options: Parameters<Rpc['call']>[3] = {}) {
      const { server, timeoutMs = 60_000, context = adminContext(), version = '1.0' } = options;
      const body = requestBody({ method, args, version, context }, replyQueue);
      const messageId = String(body._msg_id);
      return new Promise<Result>((resolve, reject) => {
        const end = () => {
          clearTimeout(timer);
          waiting.delete(messageId);
          outbox.forget(body._unique_id);
        };
        const timer = setTimeout(() => {
          end();
          reject(new RpcTimeout(`Nobody answered ${method} on ${topic} within ${timeoutMs} ms`));
        }, timeoutMs);
        waiting.set(messageId, {
          id: body._unique_id,
          resolve: (result) => (end(), resolve(result as Result)),
          reject: (error) => (end(), reject(error)),
        });
        outbox.send({
          id: body._unique_id,
          exchange,
          routingKey: server === undefined ? topic : `${topic}.${server}`,
          content: pack(body),
          deadline: Date.now() + timeoutMs,
          expiration: timeoutMs,
          mandatory: true,
          keep: true,
        });
      });
    },
    cast(topic, method, args, options = {}) {
      const { server, fanout, context = adminContext(), version = '1.0' } = options;
      const body = requestBody({ method, args, version, context });
      outbox.send({
        id: body._unique_id,
        ...(fanout
          ? { exchange: `${topic}_fanout`, exchangeType: 'fanout', routingKey: '' }
          : { exchange, routingKey: server === undefined ? topic : `${topic}.${server}` }),
        content: pack(body),
        deadline: Date.now() + castPatienceMs,
        // after a restart of the broker the other side may need a moment to declare its queue again
        mandatory: !fanout,
      });
    },
    serve(topic, endpoints, { server = host } = {}) {
      const fanoutQueue = `${topic}_fanout_${hexId()}`;
      const service = { topic, server, answer: createAnswers(endpoints, log), fanoutQueue };
      served.push(service);
      const through = connection;
      if (through === undefined) return;
      declaring = Promise.all([declaring, consume(through, service)]).then(
        () => undefined,
        (error: Error) => link.drop(error.message),
      );
    },
    notify(eventType, payload, context) {
      for (const topic of notification_topics) {
        const body = notificationBody({ publisherId: publisher_id, eventType, payload }, context);
        const queue = `${topic}.info`;
        const deadline = Date.now() + 10 * 60_000;
        outbox.send({
          id: body._unique_id,
          exchange,
          routingKey: queue,
          queue,
          content: pack(body),
          deadline,
        });
      }
    },
    onConnect(callback) {
      callbacks.push(callback);
      if (isUp) callback();
    },
    async connected() {
      await whenConnected.promise;
      await declaring;
    },
    async close() {
      await outbox.drained(connection === undefined ? 0 : 1000);
      for (const { reject } of [...waiting.values()]) reject(new RpcTimeout('The connection was closed'));
      await link.close();
    },
  };
}
