// The metadata agent: answers the proxies in the namespaces by asking Compute in the name of the instance that asks.
// It keeps nothing on the host but its socket, so it has no state to reconcile.
import { loadConfig, type Config } from '../../../lib/config.ts';
import { runUntilSignal } from '../../../lib/daemon.ts';
import { createLogger, type Logger } from '../../../lib/log.ts';
import { metadataOptions } from '../../model/options/metadata.ts';
import type { AgentState } from '../../model/specs.ts';
import { connectRpc, type Rpc } from '../../rpc/connect-rpc.ts';
import { reportState } from '../report-state.ts';
import { instanceFinder, type GetPorts } from './find-instance.ts';
import { serveMetadata } from './server.ts';

export type MetadataConfig = Config<{ DEFAULT: typeof metadataOptions }>['DEFAULT'];

/** Serves until the returned function is called. */
export async function startMetadataAgent(
  config: MetadataConfig,
  rpc: Pick<Rpc, 'call' | 'onConnect'>,
  log: Logger,
): Promise<() => Promise<void>> {
  const getPorts: GetPorts = (filters) =>
    rpc.call('q-plugin', 'get_ports', { filters }, { timeoutMs: 10_000 });
  const close = await serveMetadata({
    socket: config.metadata_proxy_socket,
    nova: {
      protocol: config.nova_metadata_protocol === 'https' ? 'https' : 'http',
      host: config.nova_metadata_host || config.nova_metadata_ip,
      port: config.nova_metadata_port,
      insecure: config.nova_metadata_insecure,
      sharedSecret: config.metadata_proxy_shared_secret,
    },
    findInstance: instanceFinder(getPorts),
    log,
  });
  const reports = reportState(rpc, () => metadataState(config), config.report_interval, { log });
  return async () => {
    reports.stop();
    await close();
  };
}

const metadataState = (config: MetadataConfig): AgentState => ({
  binary: 'neutron-metadata-agent',
  host: config.host,
  agent_type: 'Metadata agent',
  topic: 'N/A',
  configurations: {
    log_agent_heartbeats: false,
    metadata_proxy_socket: config.metadata_proxy_socket,
    nova_metadata_ip: config.nova_metadata_host || config.nova_metadata_ip,
    nova_metadata_port: config.nova_metadata_port,
  },
});

export async function main(argv: string[]): Promise<void> {
  const { DEFAULT: config, warnings } = loadConfig({ DEFAULT: metadataOptions }, argv);
  const log = createLogger(config, 'neutron-metadata-agent');
  for (const warning of warnings) log.warning(warning);
  const { transport_url, control_exchange: exchange, host } = config;
  const rpc = connectRpc({ transport_url, exchange, host, log });
  const stop = await startMetadataAgent(config, rpc, log);
  await runUntilSignal(async () => {
    await stop();
    await rpc.close();
  }, log);
}
