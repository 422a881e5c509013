// Image in this process, over a database and folders of its own.
import { createServer } from 'node:http';
import { mkdtempSync, rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { authenticateWith } from '../../server/cloud/identity/authenticate.ts';
import { createImageApp, openImages } from '../../server/cloud/image/app.ts';
import type { ImageService } from '../../server/cloud/image/image-routes.ts';
import { adminContext } from '../../server/cloud/model/context.ts';
import { silentLogger } from '../../server/lib/log.ts';
import { askAt, type Answer, type AskOptions } from './identity.ts';
import { testDatabase } from './test-database.ts';

export interface RunningImages {
  service: ImageService;
  /** Where the data of images lies. */
  folder: string;
  /** `http://127.0.0.1:port`, without a version. */
  url: string;
  /** One request, as project `one` where no token is given. */
  ask(method: string, path: string, options?: AskOptions): Promise<Answer>;
  close(): Promise<void>;
}

/** Tokens are names here: `admin`, and of any other the project is the token itself. */
const validate = (token: string) => ({
  ...adminContext(),
  project_id: token,
  is_admin: token === 'admin',
});

export async function startImages(): Promise<RunningImages> {
  const folder = mkdtempSync(join(tmpdir(), 'images-'));
  const database = await testDatabase('image');
  const service = await openImages(database.url, folder);
  const server = createServer(createImageApp(service, authenticateWith(validate), silentLogger));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    service,
    folder,
    url,
    ask: (method, path, options = {}) => askAt(url, method, path, { token: 'one', ...options }),
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await service.store.close();
      await database.release();
      rmSync(folder, { recursive: true });
    },
  };
}
