// The life of a layer 2 agent once it is set up: `--plan`, or events and state reports until a signal ends it.
import { runUntilSignal } from '../../../lib/daemon.ts';
import type { Logger } from '../../../lib/log.ts';
import type { Step } from '../../../lib/reconcile.ts';
import type { AgentState } from '../../model/specs.ts';
import type { Rpc } from '../../rpc/connect-rpc.ts';
import { formatPlan } from '../plan-option.ts';
import { reportState } from '../report-state.ts';

/** What the program needs of an agent. */
export interface ServedAgent {
  verify(): Promise<Map<string, Step[]>>;
  /** Why the server's last answer is missing, if it is. */
  problem(): Error | undefined;
  resync(): void;
  start(): Promise<void>;
  stop(): Promise<void>;
}

interface Service {
  agent: ServedAgent;
  rpc: Rpc;
  log: Logger;
  /** Seconds between two state reports. */
  reportInterval: number;
  readState: () => AgentState;
  /** Listens to the server's events. */
  subscribe: () => void;
}

/** Prints what a pass would do, and why; exit code 1 when the server did not answer. */
export async function printPlan({ agent, rpc }: Pick<Service, 'agent' | 'rpc'>): Promise<void> {
  process.stdout.write(formatPlan(await agent.verify()));
  await rpc.close();
  const problem = agent.problem();
  if (problem === undefined) return;
  process.stderr.write(`Not all of it: the server did not answer (${problem.message})\n`);
  process.exitCode = 1;
}

/** Runs the agent until a signal. */
export async function serveAgent(service: Service): Promise<void> {
  const { agent, rpc, log, reportInterval, readState, subscribe } = service;
  subscribe();
  const reports = reportState(rpc, readState, reportInterval, { log, onNew: () => agent.resync() });
  let isFirst = true;
  rpc.onConnect(() => {
    // Events sent while the queue was away are lost, and a first pass may have had to do without the server.
    if (!isFirst || agent.problem() !== undefined) agent.resync();
    isFirst = false;
  });
  await agent.start();
  await runUntilSignal(async () => {
    reports.stop();
    await agent.stop();
    await rpc.close();
  }, log);
}
