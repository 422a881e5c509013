// One connection to a broker, made again whenever it is lost, with growing pauses (0.2 s to 1 s).
import { connect, type ChannelModel } from 'amqplib';
import type { Logger } from '../../lib/log.ts';
import type { BrokerAddress } from './transport-url.ts';

const firstPauseMs = 200;
const longestPauseMs = 1000;
/** Two silent intervals mean that the broker is gone. */
const heartbeatSeconds = 5;

export interface LinkOptions {
  brokers: BrokerAddress[];
  log: Logger;
  /** Declares and consumes; a rejection drops the connection and tries anew. */
  onUp(connection: ChannelModel): Promise<void>;
  onDown(): void;
}

export interface Link {
  /** Drops the connection; it is made anew unless the link was closed. */
  drop(reason: string): void;
  close(): Promise<void>;
}

/** Starts connecting at once; brokers are tried in turn. */
export function createLink({ brokers, log, onUp, onDown }: LinkOptions): Link {
  let closing = false;
  let current: ChannelModel | undefined;
  let wake = () => {};

  const pause = (milliseconds: number) =>
    new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, milliseconds);
      wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });

  const run = async () => {
    let pauseMs = firstPauseMs;
    let isTold = false;
    for (let attempt = 0; !closing; attempt++) {
      const broker = brokers[attempt % brokers.length]!;
      const where = `${broker.hostname}:${broker.port}`;
      try {
        const connection = await open(broker);
        const closed = whenClosed(connection);
        if (closing) {
          await hangUp(connection);
          break;
        }
        current = connection;
        try {
          await Promise.race([onUp(connection), closed.then((reason) => Promise.reject(new Error(reason)))]);
          log.info(`Connected to the message queue at ${where}`);
          pauseMs = firstPauseMs;
          isTold = false;
        } catch (error) {
          log.warning(`The message queue at ${where} cannot be used: ${(error as Error).message}`);
          void hangUp(connection);
        }
        const reason = await closed;
        current = undefined;
        onDown();
        if (!closing && !isTold) log.warning(`Lost the message queue at ${where}: ${reason}`);
        isTold = true;
      } catch (error) {
        if (!isTold) log.warning(`No message queue at ${where} yet: ${(error as Error).message}`);
        isTold = true;
      }
      if (closing) break;
      await pause(pauseMs);
      pauseMs = Math.min(pauseMs * 2, longestPauseMs);
    }
  };
  const ended = run();

  return {
    drop(reason) {
      if (current === undefined) return;
      log.debug(`Dropping the connection: ${reason}`);
      void hangUp(current);
    },
    async close() {
      closing = true;
      wake();
      if (current !== undefined) await hangUp(current);
      await ended;
    },
  };
}

const open = (broker: BrokerAddress): Promise<ChannelModel> =>
  connect(
    { protocol: 'amqp', ...broker, heartbeat: heartbeatSeconds },
    { timeout: 5000, noDelay: true, keepAlive: true },
  );

function whenClosed(connection: ChannelModel): Promise<string> {
  let reason = 'connection closed';
  connection.on('error', (error) => {
    reason = error.message;
  });
  return new Promise((resolve) => {
    connection.once('close', (error?: Error) => resolve(error?.message ?? reason));
  });
}

/** Closes politely, and after a second without the broker's consent. */
async function hangUp(connection: ChannelModel): Promise<void> {
  const { stream } = connection.connection as unknown as { stream: { destroy(): void } };
  const cut = setTimeout(() => stream.destroy(), 1000);
  try {
    await connection.close();
  } catch {
    stream.destroy();
  } finally {
    clearTimeout(cut);
  }
}
