// keystone-all: the Identity service on its two ports.
import { loadConfig } from '../../lib/config.ts';
import { runUntilSignal } from '../../lib/daemon.ts';
import { listen } from '../../lib/http.ts';
import { createLogger } from '../../lib/log.ts';
import { keystoneOptions } from '../model/options/keystone.ts';
import { createIdentityApp, openIdentity } from './app.ts';

/** Serves until a signal ends it. */
export async function main(argv: string[]): Promise<void> {
  const config = loadConfig(keystoneOptions, argv);
  const log = createLogger(config.DEFAULT, 'keystone-all');
  for (const warning of config.warnings) log.warning(warning);
  const identity = await openIdentity({
    connection: config.database.connection,
    tokenSeconds: config.token.expiration,
    bootstrap: config.bootstrap,
  });
  const { bind_host: host, bind_port, admin_bind_port } = config.DEFAULT;
  const open = [
    await listen(createIdentityApp(identity, log), { host, port: bind_port, log }),
    await listen(createIdentityApp(identity, log, true), { host, port: admin_bind_port, log }),
  ];
  await runUntilSignal(async () => {
    await Promise.all(open.map((server) => server.close()));
    await identity.store.close();
  }, log);
}
