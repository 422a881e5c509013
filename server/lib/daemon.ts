// The end of a daemon: on SIGTERM or SIGINT it closes what it opened, within a bound, and leaves.
import type { Logger } from './log.ts';

/** Resolves never; on a signal runs `close` and ends the process with 0, after at most 1.8 s. */
export function runUntilSignal(close: () => Promise<void>, log: Logger): Promise<never> {
  let ending = false;
  const end = (signal: string) => {
    if (ending) return;
    ending = true;
    log.info(`Ending on ${signal}`);
    setTimeout(() => process.exit(0), 1800).unref();
    close()
      .catch((error: unknown) => log.error(`Closing failed: ${String(error)}`))
      .finally(() => process.exit(0));
  };
  process.on('SIGTERM', () => end('SIGTERM'));
  process.on('SIGINT', () => end('SIGINT'));
  return new Promise(() => undefined);
}
