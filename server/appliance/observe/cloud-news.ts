// Listens to a cloud's notifications (`network.create.end`, `compute.instance.update`) on its message queue: they tell that
// something changed, the APIs tell what.
import { connect, type ChannelModel } from 'amqplib';

const exchanges = ['neutron', 'nova'];
const topic = 'notifications.info';
const firstWaitMs = 1_000;
const longestWaitMs = 30_000;

export interface NewsOptions {
  /** The broker's address with its user and password; asked anew for every connection. */
  address: () => Promise<string>;
  /** After each connect, and whenever something was done. */
  onNews: () => void;
}

/** Connects now or as soon as the broker answers, and again whenever it was away; returns how to stop. */
export function followNews({ address, onNews }: NewsOptions): () => void {
  let connection: ChannelModel | undefined;
  let isStopped = false;
  let waitMs = firstWaitMs;
  let timer: NodeJS.Timeout | undefined;

  const again = () => {
    connection = undefined;
    if (isStopped || timer !== undefined) return;
    timer = setTimeout(() => {
      timer = undefined;
      void start();
    }, waitMs);
    waitMs = Math.min(waitMs * 2, longestWaitMs);
  };
  const start = async () => {
    try {
      const made = await connect(await address(), { timeout: 5_000 });
      connection = made;
      // What breaks a connection is told with its end too.
      made.on('error', () => undefined);
      made.on('close', again);
      if (isStopped) return void made.close().catch(() => undefined);
      const channel = await made.createChannel();
      channel.on('error', () => void made.close().catch(() => undefined));
      const { queue } = await channel.assertQueue('', { exclusive: true, autoDelete: true });
      for (const exchange of exchanges) {
        await channel.assertExchange(exchange, 'topic', { durable: false });
        await channel.bindQueue(queue, exchange, topic);
      }
      await channel.consume(queue, (message) => isDone(message?.content) && onNews(), { noAck: true });
      waitMs = firstWaitMs;
      onNews();
    } catch {
      if (connection === undefined) again();
      else connection.close().catch(() => undefined);
    }
  };

  void start();
  return () => {
    isStopped = true;
    clearTimeout(timer);
    connection?.close().catch(() => undefined);
  };
}

/** What is only about to be done is of no interest. */
const isDone = (content: Buffer | undefined) =>
  content !== undefined && !/event_type\\*": *\\*"[^"\\]*\.start/.test(content.toString('utf8'));
