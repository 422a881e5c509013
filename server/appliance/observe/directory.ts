// A cloud's names kept as they are: fetched when its message queue tells of a change, or when somebody met an unknown id.
import type { Engine } from '../engine/engine.ts';
import { exec } from '../labs/exec.ts';
import { listLabs } from '../labs/list.ts';
import type { ApiGet } from '../checks/types.ts';
import { attachLab } from '../proof/attach-lab.ts';
import { createGround } from '../proof/ground.ts';
import { followNews } from './cloud-news.ts';
import { fetchNames, type CloudNames } from './cloud-names.ts';

const gatherMs = 120;
/** From one answer to the next question: this long, or three times what the answer took. */
const leastPauseMs = 300;
const firstWaitMs = 1_000;
const longestWaitMs = 30_000;
/** Told when it failed this often in a row, some 7 s after the first time. */
const mostSilentFailures = 4;

export interface Directory {
  /** Fetches soon; `onNames` gets the answer. */
  refresh(): void;
  stop(): void;
}

export interface DirectoryOptions {
  engine: Engine;
  lab: string;
  onNames: (names: CloudNames) => void;
  log: { error(message: string): void };
}

export function createDirectory({ engine, lab, onNames, log }: DirectoryOptions): Directory {
  let get: ApiGet | undefined;
  let isStopped = false;
  let isStale = false;
  let isAsking = false;
  let failures = 0;
  let timer: NodeJS.Timeout | undefined;
  let quietUntil = 0;
  let waitMs = firstWaitMs;

  const refresh = () => {
    isStale = true;
    if (isStopped || isAsking || timer !== undefined) return;
    timer = setTimeout(() => void ask(), Math.max(gatherMs, quietUntil - Date.now()));
  };
  const ask = async () => {
    timer = undefined;
    isStale = false;
    isAsking = true;
    const askedAt = Date.now();
    try {
      // The controller may have been started again, with other addresses and secrets that are still the same.
      get ??= createGround(await attachLab(engine, lab)).get;
      const names = await fetchNames(get);
      quietUntil = Date.now() + Math.max(leastPauseMs, 3 * (Date.now() - askedAt));
      waitMs = firstWaitMs;
      failures = 0;
      if (!isStopped) onNames(names);
    } catch (error) {
      get = undefined;
      // A lab that is being taken down is no news.
      if (++failures === mostSilentFailures && !isStopped)
        log.error(`The cloud of lab ${lab} does not tell its names: ${String(error)}`);
      quietUntil = Date.now() + waitMs;
      waitMs = Math.min(waitMs * 2, longestWaitMs);
      isStale = true;
    } finally {
      isAsking = false;
    }
    if (isStale) refresh();
  };
  const stopNews = followNews({ address: () => brokerAddress(engine, lab), onNews: refresh });

  return {
    refresh,
    stop() {
      isStopped = true;
      clearTimeout(timer);
      stopNews();
    },
  };
}

/** Where the lab's broker is reached from here, with the user that its services have. */
async function brokerAddress(engine: Engine, lab: string): Promise<string> {
  const [status] = await listLabs(engine, lab);
  const broker = status?.endpoints.messages;
  if (broker === undefined) throw new Error(`lab '${lab}' publishes no message queue`);
  const argv = ['sed', '-n', 's/^transport_url *= *//p', '/etc/neutron/neutron.conf'];
  const { stdout } = await exec(engine, lab, 'controller', argv, { timeoutMs: 5_000 });
  const { username, password } = new URL(stdout.trim());
  const { host } = new URL(broker);
  return `amqp://${username}:${password}@${host}/?heartbeat=30`;
}
