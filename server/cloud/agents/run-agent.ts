// The program of an agent that reconciles keys of its own: configuration, log, message queue, `--plan`, end by signal.
import { loadConfig, type Config, type OptionGroups, type OptionSpecs } from '../../lib/config.ts';
import { runUntilSignal } from '../../lib/daemon.ts';
import { createLogger, type Logger } from '../../lib/log.ts';
import type { Reconciler, Step } from '../../lib/reconcile.ts';
import type { loggingOptions, messagingOptions } from '../model/options/common.ts';
import { connectRpc, type Rpc } from '../rpc/connect-rpc.ts';
import { formatPlan, parsePlanOption } from './plan-option.ts';

/** What an agent offers to its program. */
export interface Agent {
  reconciler: Pick<Reconciler<Step>, 'dryRun' | 'verify'>;
  /** Listens to the server and to the host until `stop`. */
  start(): Promise<void>;
  stop(): Promise<void>;
}

type AgentOptions = OptionSpecs & typeof loggingOptions & typeof messagingOptions;

/** Runs the agent `name` until a signal; with `--plan [KEY]` prints what a pass would do, and why, and ends. */
export async function runAgent<O extends AgentOptions>(
  argv: readonly string[],
  {
    name,
    options,
    groups = {},
    service = 'network',
    create,
  }: {
    name: string;
    /** Options of other groups than [DEFAULT]. */
    groups?: OptionGroups;
    /** Publishes its events as `<service>.<host>`. */
    service?: string;
    /** The options of its [DEFAULT] group. */
    options: O;
    create: (
      config: Config<{ DEFAULT: O }>['DEFAULT'],
      rpc: Rpc,
      log: Logger,
      groups: Config<OptionGroups>,
    ) => Agent;
  },
): Promise<void> {
  const { mode, key, rest } = parsePlanOption(argv);
  const loaded = loadConfig({ ...groups, DEFAULT: options }, rest);
  const { DEFAULT: config, warnings } = loaded as Config<{ DEFAULT: O }>;
  const common = config as Config<{ DEFAULT: AgentOptions }>['DEFAULT'];
  const log = createLogger(common, name);
  for (const warning of warnings) log.warning(warning);
  const { transport_url, control_exchange: exchange, host } = common;
  const rpc = connectRpc({ transport_url, exchange, host, log, publisher_id: `${service}.${host}` });
  const agent = create(config, rpc, log, loaded as unknown as Config<OptionGroups>);
  if (mode === 'plan') {
    const { dryRun, verify } = agent.reconciler;
    const plans = key === undefined ? await verify() : new Map([[key, await dryRun(key)]]);
    process.stdout.write(formatPlan(plans));
    await rpc.close();
    return;
  }
  await agent.start();
  await runUntilSignal(async () => {
    await agent.stop();
    await rpc.close();
  }, log);
}
