// Questions to the server that do not hold up the repair of a host: a pass goes on with old answers when none comes.
import { setTimeout as wait } from 'node:timers/promises';
import type { Rpc } from '../../rpc/rpc.ts';

export type Ask = <Answer>(method: string, args: Record<string, unknown>) => Promise<Answer>;

const topic = 'q-plugin';
/** A server that did not answer is waited for less the next time. */
const answerMs = { usual: 15_000, afterFailure: 3_000 };
/** So is a message queue that was not there. */
const connectMs = { usual: 3_000, afterFailure: 50 };

export function createAsk(rpc: Pick<Rpc, 'call' | 'connected'>, connecting = connectMs): Ask {
  let timeoutMs = answerMs.usual;
  let patienceMs = connecting.usual;
  return async <Answer>(method: string, args: Record<string, unknown>) => {
    const isConnected = await Promise.race([rpc.connected().then(() => true), wait(patienceMs, false)]);
    patienceMs = isConnected ? connecting.usual : connecting.afterFailure;
    if (!isConnected) throw new Error(`The message queue is away: ${method} was not asked`);
    try {
      const answer = await rpc.call<Answer>(topic, method, args, { timeoutMs });
      timeoutMs = answerMs.usual;
      return answer;
    } catch (error) {
      timeoutMs = answerMs.afterFailure;
      throw error;
    }
  };
}
