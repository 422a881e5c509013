// Tells the server every few seconds that an agent lives, and with what configuration.
import type { AgentState } from '../model/specs.ts';

/** What this file needs of the RPC connection. */
export interface StateReporter {
  call(topic: string, method: string, args: object, options?: { timeoutMs?: number }): Promise<unknown>;
  onConnect(callback: () => void): void;
}

export interface ReportLog {
  info(message: string): void;
  warning(message: string): void;
}

/**
 * Reports at once, every `intervalSeconds` and after every reconnect, until `stop()`. The first accepted report carries
 * `start_flag`. A failed report is logged once until one succeeds.
 * `onNew` is called when the server did not know the agent, or had given it up: time for a full pass.
 */
export function reportState(
  rpc: StateReporter,
  readState: () => AgentState,
  intervalSeconds: number,
  { log, onNew }: { log: ReportLog; onNew?: () => void },
): { report(): Promise<void>; stop(): void } {
  let isFirst = true;
  let isFailing = false;
  let running: Promise<void> | undefined;
  let stopped = false;

  async function send(): Promise<void> {
    const agent_state = { ...readState(), ...(isFirst ? { start_flag: true } : {}) };
    try {
      const answer = await rpc.call(
        'q-reports-plugin',
        'report_state',
        { agent_state, time: new Date().toISOString() },
        { timeoutMs: Math.max(intervalSeconds * 1000, 5000) },
      );
      if (isFailing) log.info('State report accepted again');
      isFailing = false;
      if (answer === 'new' && !isFirst) onNew?.();
      isFirst = false;
    } catch (error) {
      if (!isFailing && !stopped) log.warning(`Failed reporting state: ${(error as Error).message}`);
      isFailing = true;
    }
  }

  /** Reports now; a report under way is waited for instead. */
  const report = () => (running ??= send().finally(() => (running = undefined)));
  const timer = setInterval(() => void report(), intervalSeconds * 1000);
  rpc.onConnect(() => void report());
  void report();
  return {
    report,
    stop: () => {
      stopped = true;
      clearInterval(timer);
    },
  };
}
