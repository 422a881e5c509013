// glance-api: the Image service.
import { loadConfig } from '../../lib/config.ts';
import { runUntilSignal } from '../../lib/daemon.ts';
import { listen } from '../../lib/http.ts';
import { createLogger } from '../../lib/log.ts';
import { authenticate } from '../identity/authenticate.ts';
import { glanceOptions } from '../model/options/glance.ts';
import { createImageApp, openImages, seedImages } from './app.ts';

/** Serves until a signal ends it. */
export async function main(argv: string[]): Promise<void> {
  const config = loadConfig(glanceOptions, argv);
  const log = createLogger(config.DEFAULT, 'glance-api');
  for (const warning of config.warnings) log.warning(warning);
  const { filesystem_store_datadir, seed_dir } = config.glance_store;
  const service = await openImages(config.database.connection, filesystem_store_datadir);
  await seedImages(service, seed_dir, log);
  const app = createImageApp(service, authenticate({ ...config.keystone_authtoken, log }), log);
  const { bind_host: host, bind_port: port } = config.DEFAULT;
  const server = await listen(app, { host, port, log });
  await runUntilSignal(async () => {
    await server.close();
    await service.store.close();
  }, log);
}
