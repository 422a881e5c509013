// nova-api: the Compute API, the metadata API, and the scheduler and conductor that stand behind them.
import { loadConfig } from '../../lib/config.ts';
import { runUntilSignal } from '../../lib/daemon.ts';
import { listen } from '../../lib/http.ts';
import { createLogger } from '../../lib/log.ts';
import { createSession } from '../client/session.ts';
import { authenticate } from '../identity/authenticate.ts';
import { novaOptions } from '../model/options/nova.ts';
import { connectRpc } from '../rpc/connect-rpc.ts';
import { computeSchema } from '../store/compute-tables.ts';
import { openStore } from '../store/store.ts';
import { createComputeApp } from './app.ts';
import { conductorEndpoints } from './conductor.ts';
import { createHosts } from './hosts.ts';
import { instanceEvents } from './instance-events.ts';
import { createMetadataApp } from './metadata/app.ts';

export async function main(argv: string[]): Promise<void> {
  const config = loadConfig(novaOptions, argv);
  const { DEFAULT: options, neutron } = config;
  const log = createLogger(options, 'nova-api');
  config.warnings.forEach((warning) => log.warning(warning));
  const store = await openStore(config.database.connection, computeSchema);
  const hosts = createHosts(store, { downSeconds: options.service_down_time });
  const { transport_url, control_exchange: exchange, host } = options;
  const { notification_topics } = options;
  const publisher_id = `compute.${host}`;
  const rpc = connectRpc({ transport_url, exchange, host, log, notification_topics, publisher_id });
  const isPublished = options.notification_driver.some((driver) => /rpc_notifier|messaging/.test(driver));
  const events = instanceEvents(isPublished ? rpc.notify : () => undefined, options.notify_on_state_change);
  const tell = (server: string, method: string, instance_uuid: string) =>
    rpc.cast('compute', method, { instance_uuid }, { server });
  const session = createSession(neutron);
  const { dhcp_domain: domain, scheduler_max_attempts: maxAttempts } = options;
  rpc.serve('conductor', conductorEndpoints({ store, hosts, events, session, domain, maxAttempts, tell }));
  const api = await listen(
    createComputeApp(
      { store, hosts, rpc, events, session, defaultZone: options.default_availability_zone, log },
      authenticate({ ...config.keystone_authtoken, log }),
    ),
    { host: options.osapi_compute_listen, port: options.osapi_compute_listen_port, log },
  );
  const metadata = await listen(
    createMetadataApp({
      store,
      session,
      sharedSecret: neutron.metadata_proxy_shared_secret,
      domain: options.dhcp_domain,
      log: log.child('metadata'),
    }),
    { host: options.metadata_listen, port: options.metadata_listen_port, log },
  );
  await runUntilSignal(async () => {
    await Promise.all([api.close(), metadata.close(), rpc.close()]);
    await store.close();
  }, log);
}
