// neutron-server: the Networking API, and the topics that agents call.
import { loadConfig, type OptionGroups } from '../../lib/config.ts';
import { runUntilSignal } from '../../lib/daemon.ts';
import { listen } from '../../lib/http.ts';
import { createLogger, type Logger } from '../../lib/log.ts';
import { authenticate } from '../identity/authenticate.ts';
import {
  linuxbridgeAgentOptions,
  linuxbridgeOptions,
  linuxbridgeVxlanOptions,
} from '../model/options/linuxbridge.ts';
import { ovsAgentOptions, ovsOptions, securityGroupOptions } from '../model/options/ovs.ts';
import { connectRpc, type Rpc } from '../rpc/connect-rpc.ts';
import { networkingSchema } from '../store/networking-tables.ts';
import { openStore } from '../store/store.ts';
import { warnOfDisabledTypes } from './disabled-types.ts';
import { watchAgents } from './agent-watch.ts';
import { createEnv } from './env.ts';
import { createNetworkingApp } from './http.ts';
import { createNovaNotifier } from './notify-nova.ts';
import { serverOptions, settingsOf, type ServerConfig } from './options.ts';
import { sendOwedMessages } from './perform.ts';
import { serveAgents } from './rpc.ts';
import type { Messages } from './work.ts';

/** What agents read from the files that this server is given too. */
const agentsOptions: OptionGroups[] = [
  { ovs: ovsOptions, agent: ovsAgentOptions, securitygroup: securityGroupOptions },
  { linux_bridge: linuxbridgeOptions, vxlan: linuxbridgeVxlanOptions, agent: linuxbridgeAgentOptions },
];

/** Serves until a signal ends it. */
export async function main(argv: string[]): Promise<void> {
  const config = loadConfig(serverOptions, argv, agentsOptions);
  const { DEFAULT: general, keystone_authtoken } = config;
  const log = createLogger(general, 'neutron-server');
  for (const warning of config.warnings) log.warning(warning);
  const { transport_url, control_exchange: exchange, host, notification_topics } = general;
  const rpc = connectRpc({
    transport_url,
    exchange,
    host,
    log,
    notification_topics,
    ...(general.default_publisher_id && { publisher_id: general.default_publisher_id }),
  });
  const store = await openStore(config.database.connection, networkingSchema);
  const env = createEnv({
    store,
    settings: settingsOf(config),
    messages: messagesOver(rpc, general.notification_driver, log),
    serverEvents: createNovaNotifier({ ...novaCredentials(config), log: log.child('nova') }),
    log,
    policyPath: general.policy_file,
  });
  serveAgents(env, rpc);
  await warnOfDisabledTypes(env);
  const watch = watchAgents(env);
  await sendOwedMessages(env);
  const app = createNetworkingApp(env, authenticate({ ...keystone_authtoken, log }));
  const server = await listen(app, { host: general.bind_host, port: general.bind_port, log });
  await runUntilSignal(async () => {
    watch.stop();
    await server.close();
    await rpc.close();
    await store.close();
  }, log);
}

/** Casts always go to the queue; notifications where `notification_driver` says. */
export function messagesOver(
  rpc: Pick<Rpc, 'cast' | 'notify'>,
  drivers: readonly string[],
  log: Logger,
): Messages {
  const named = (pattern: RegExp) => drivers.some((driver) => pattern.test(driver));
  const toQueue = named(/rpc_notifier|messaging/);
  const toLog = named(/log_notifier|^log$/);
  const notifications = log.child('notification');
  return {
    cast: ({ topic, method, args, server, fanout }, context) =>
      rpc.cast(topic, method, args, { context, ...(server && { server }), ...(fanout && { fanout }) }),
    notify(eventType, payload, context) {
      if (toQueue) rpc.notify(eventType, payload, context);
      if (toLog) notifications.info(`${eventType} ${JSON.stringify(payload)}`, context);
    },
  };
}

function novaCredentials({ DEFAULT: general, nova, keystone_authtoken: own }: ServerConfig) {
  return {
    nova_url: general.nova_url,
    auth_url: nova.auth_url || own.auth_url,
    username: nova.username || own.username,
    password: nova.username === '' ? own.password : nova.password,
    project_name: nova.project_name || own.project_name,
    onStatus: general.notify_nova_on_port_status_changes,
    onData: general.notify_nova_on_port_data_changes,
  };
}
