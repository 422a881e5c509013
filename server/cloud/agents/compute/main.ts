// nova-compute: reads its configuration, reports its life, and keeps the instances of this host as they are wanted.
import { observeCommands } from '../../../host/run.ts';
import { loadConfig } from '../../../lib/config.ts';
import { runUntilSignal } from '../../../lib/daemon.ts';
import { createLogger, type Logger } from '../../../lib/log.ts';
import { createSession } from '../../client/session.ts';
import type { RequestedNetwork } from '../../model/instance.ts';
import { novaOptions } from '../../model/options/nova.ts';
import { connectRpc, type Endpoint } from '../../rpc/connect-rpc.ts';
import { formatPlan, parsePlanOption } from '../plan-option.ts';
import { createComputeAgent, type ComputeAgent } from './agent.ts';
import { rpcConductor, type Conductor } from './desired.ts';
import { readMachine, readUptime } from './machine.ts';
import type { Settings } from './settings.ts';

/** Runs nova-compute until a signal; with `--plan` prints what a pass would do, and why, and ends. */
export async function main(argv: string[]): Promise<void> {
  const { mode, rest } = parsePlanOption(argv);
  const config = loadConfig(novaOptions, rest);
  const { DEFAULT: options, neutron } = config;
  const log = createLogger(options, 'nova-compute');
  config.warnings.forEach((warning) => log.warning(warning));
  observeCommands((words, code, milliseconds) =>
    log.debug(`Ran '${words.join(' ')}': code ${code}, ${Math.round(milliseconds)} ms`),
  );
  const settings: Settings = {
    host: options.host,
    zone: options.default_availability_zone,
    instancesPath: options.instances_path,
    suppliedImages: `${options.state_path}/base`,
    bridge: neutron.ovs_bridge,
    vifTimeoutSeconds: options.vif_plugging_timeout,
    vifTimeoutIsFatal: options.vif_plugging_is_fatal,
    reportSeconds: options.report_interval,
  };
  const { transport_url, control_exchange: exchange, host } = options;
  const rpc = connectRpc({ transport_url, exchange, host, log });
  const conductor = rpcConductor(rpc, host);
  const agent = createComputeAgent({
    ...{ settings, conductor, session: createSession(neutron), log },
    fetchDisk: async (instance_uuid, server) =>
      Buffer.from(await rpc.call<string>('compute', 'export_disk', { instance_uuid }, { server }), 'base64'),
    fetchGuest: async (instance_uuid, server) => {
      const options = { server, timeoutMs: 30_000 };
      return Buffer.from(
        await rpc.call<string>('compute', 'hand_over', { instance_uuid }, options),
        'base64',
      );
    },
    fetchNics: (instance_uuid, server) =>
      rpc.call('compute', 'describe_nics', { instance_uuid }, { server, timeoutMs: 10_000 }),
  });
  if (mode === 'plan') {
    process.stdout.write(formatPlan(await agent.reconciler.verify()));
    await rpc.close();
    return;
  }
  rpc.serve('compute', endpointsOf(agent));
  let isFirst = true;
  rpc.onConnect(() => {
    // Events sent while the queue was away are lost.
    if (!isFirst) void agent.reconciler.resync();
    isFirst = false;
  });
  const stopReports = reportLife(conductor, settings, log, (callback) => rpc.onConnect(callback));
  await agent.reconciler.start();
  await runUntilSignal(async () => {
    stopReports();
    await agent.reconciler.stop();
    await rpc.close();
  }, log);
}

/** The methods of topic `compute`: all but seven say only which instance to look at. */
export function endpointsOf(agent: ComputeAgent): Record<string, Endpoint> {
  const look: Endpoint = ({ instance_uuid }: { instance_uuid: string }) =>
    agent.reconciler.add(instance_uuid);
  const moves = ['resize', 'confirm_resize', 'revert_resize'];
  const lives = ['live_migration', 'post_live_migration', 'rollback_live_migration'];
  const names = ['build_and_run', 'terminate', 'start', 'stop', 'reboot', 'pause', 'unpause', 'suspend'];
  return {
    ...Object.fromEntries(
      [...names, 'resume', 'rebuild', ...moves].map((name) => [`${name}_instance`, look]),
    ),
    ...Object.fromEntries(lives.map((name) => [name, look])),
    external_instance_event: look,
    get_console_output: (args: { instance_uuid: string; tail_length: number | null }) =>
      agent.readConsole(args.instance_uuid, args.tail_length),
    export_disk: async (args: { instance_uuid: string }) =>
      (await agent.exportDisk(args.instance_uuid)).toString('base64'),
    get_host_uptime: readUptime,
    describe_nics: (args: { instance_uuid: string }) => agent.describeNics(args.instance_uuid),
    hand_over: async (args: { instance_uuid: string }) =>
      (await agent.handOver(args.instance_uuid)).toString('base64'),
    attach_interface: (args: { instance_uuid: string; requested_network: RequestedNetwork }) =>
      agent.attach(args.instance_uuid, args.requested_network),
    detach_interface: (args: { instance_uuid: string; port_id: string }) =>
      agent.detach(args.instance_uuid, args.port_id),
  };
}

/** Tells the conductor at once, every few seconds and after each reconnect that this host lives; returns how to stop. */
function reportLife(
  conductor: Conductor,
  settings: Settings,
  log: Logger,
  onConnect: (callback: () => void) => void,
): () => void {
  let isFailing = false;
  const tell = async () =>
    conductor.reportState({
      ...{ binary: 'nova-compute', zone: settings.zone },
      ...(await readMachine(settings)),
    });
  const report = () => {
    tell().then(
      () => (isFailing = false),
      (error: unknown) => {
        if (!isFailing) log.warning(`Failed reporting state: ${(error as Error).message}`);
        isFailing = true;
      },
    );
  };
  let timer: NodeJS.Timeout | undefined;
  onConnect(() => {
    timer ??= setInterval(report, settings.reportSeconds * 1000);
    report();
  });
  return () => clearInterval(timer);
}
