// glance-api: the Image service.
import { loadConfig } from '../../lib/config.ts';
import { runUntilSignal } from '../../lib/daemon.ts';
import { listen } from '../../lib/http.ts';
import { createLogger } from '../../lib/log.ts';
import { authenticate } from '../identity/authenticate.ts';
import { glanceOptions } from '../model/options/glance.ts';
import { openSqlite } from '../store/sqlite.ts';
import { createImageApp } from './api.ts';
import { openCatalog, type ImageTables } from './catalog.ts';
import { seedImages } from './seed.ts';

export async function main(argv: string[]): Promise<void> {
  const config = loadConfig(glanceOptions, argv);
  const log = createLogger(config.DEFAULT, 'glance-api');
  config.warnings.forEach((warning) => log.warning(warning));
  const database = openSqlite<ImageTables>(config.database.connection);
  const catalog = await openCatalog(database, config.glance_store.filesystem_store_datadir);
  await seedImages(catalog, config.glance_store.seed_dir, log);
  const app = createImageApp({
    catalog,
    authenticate: authenticate({ ...config.keystone_authtoken, log }),
    log,
  });
  const server = await listen(app, { host: config.DEFAULT.bind_host, port: config.DEFAULT.bind_port, log });
  await runUntilSignal(async () => {
    await server.close();
    await database.destroy();
  }, log);
}
