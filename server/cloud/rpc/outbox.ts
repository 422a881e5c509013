// Messages on their way out: kept until the broker has confirmed them, sent again on every new connection.
import type { ConfirmChannel, Message } from 'amqplib';
import type { Logger } from '../../lib/log.ts';
import { unpack } from './envelope.ts';

const mostKept = 2000;
const firstReturnPauseMs = 250;
const longestReturnPauseMs = 1000;

export interface Outgoing {
  /** The body's `_unique_id`. */
  id: string;
  /** `''` is the default exchange, where the routing key is the name of a queue. */
  exchange: string;
  exchangeType?: 'topic' | 'fanout';
  routingKey: string;
  content: Buffer;
  /** After this (ms since the epoch) the message is worth nothing. */
  deadline: number;
  /** Milliseconds that the broker keeps it in a queue. */
  expiration?: number;
  /** Must reach a queue: where there is none, it is tried again until the deadline. */
  mandatory?: boolean;
  /** Kept after the confirmation, until `forget`: a call that is not answered yet. */
  keep?: boolean;
  /** Names of queues to declare and bind to the exchange before it is sent. */
  queue?: string;
}

export interface Outbox {
  send(message: Outgoing): void;
  forget(id: string): void;
  /** Sends everything kept through a new channel. */
  attach(channel: ConfirmChannel, onBroken: (reason: string) => void): void;
  detach(): void;
  /** Resolves when nothing is kept, or after `milliseconds`. */
  drained(milliseconds: number): Promise<void>;
}

interface Kept extends Outgoing {
  returned?: boolean;
  /** Before it is tried again where no queue was. */
  pauseMs?: number;
}

/** An outbox without a channel: it keeps what it is given. */
export function createOutbox(log: Logger): Outbox {
  const kept = new Map<string, Kept>();
  let channel: ConfirmChannel | undefined;
  let declared = new Set<string>();
  let broken: (reason: string) => void = () => {};
  let chain = Promise.resolve();
  let whenEmpty = () => {};

  const forget = (id: string) => {
    kept.delete(id);
    if (kept.size === 0) whenEmpty();
  };

  const declare = async (through: ConfirmChannel, message: Outgoing) => {
    if (message.exchange === '') return;
    const fanout = message.exchangeType === 'fanout';
    // a fanout exchange vanishes with its last queue, so it is declared for each message
    if (fanout || !declared.has(message.exchange)) {
      await through.assertExchange(message.exchange, fanout ? 'fanout' : 'topic', {
        durable: false,
        autoDelete: fanout,
      });
      declared.add(message.exchange);
    }
    if (message.queue !== undefined && !declared.has(`queue ${message.queue}`)) {
      await through.assertQueue(message.queue, { durable: false });
      await through.bindQueue(message.queue, message.exchange, message.routingKey);
      declared.add(`queue ${message.queue}`);
    }
  };

  const transmit = async (message: Kept) => {
    const through = channel;
    if (through === undefined || !kept.has(message.id)) return;
    if (message.deadline <= Date.now()) {
      forget(message.id);
      return;
    }
    try {
      await declare(through, message);
      if (through !== channel) return;
      message.returned = false;
      const { exchange, routingKey, content, mandatory, expiration } = message;
      const properties = {
        contentType: 'application/json',
        contentEncoding: 'utf-8',
        persistent: true,
        priority: 0,
      };
      const options = { ...properties, mandatory: mandatory ?? false, ...(expiration && { expiration }) };
      through.publish(exchange, routingKey, content, options, (error: unknown) => {
        if (!error && !message.keep && !message.returned) forget(message.id);
      });
    } catch (error) {
      if (through === channel) broken((error as Error).message);
    }
  };

  const transmitInOrder = (message: Kept) => {
    chain = chain.then(() => transmit(message));
  };

  const onReturn = (returned: Message) => {
    const message = kept.get(String(unpack(returned.content)._unique_id));
    if (message === undefined) return;
    message.returned = true;
    const pauseMs = message.pauseMs ?? firstReturnPauseMs;
    message.pauseMs = Math.min(pauseMs * 2, longestReturnPauseMs);
    setTimeout(() => transmitInOrder(message), pauseMs).unref();
  };

  return {
    forget,
    send(message) {
      if (kept.size >= mostKept) {
        const oldest = [...kept.values()].find((other) => !other.keep);
        if (oldest !== undefined) forget(oldest.id);
        log.warning('The message queue is away for too long: the oldest message was dropped');
      }
      kept.set(message.id, { ...message });
      transmitInOrder(kept.get(message.id)!);
    },
    attach(next, onBroken) {
      channel = next;
      broken = onBroken;
      declared = new Set();
      next.on('return', onReturn);
      chain = Promise.resolve();
      for (const message of kept.values()) transmitInOrder(message);
    },
    detach() {
      channel = undefined;
    },
    drained: (milliseconds) =>
      new Promise((resolve) => {
        if (kept.size === 0) return resolve();
        const timer = setTimeout(resolve, milliseconds);
        whenEmpty = () => {
          clearTimeout(timer);
          resolve();
        };
      }),
  };
}
