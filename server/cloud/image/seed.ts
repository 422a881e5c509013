// Images that come with the node: registered once, at the first start.
import { createReadStream, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Logger } from '../../lib/log.ts';
import { adminContext } from '../model/context.ts';
import type { Catalog } from './catalog.ts';

const ending = /\.tar(\.gz)?$/;

/** Registers every NAME.tar(.gz) of `folder` as the public image NAME, unless an image of that name is there already. */
export async function seedImages(catalog: Catalog, folder: string, log: Logger): Promise<void> {
  const context = adminContext();
  const known = new Set(
    (await catalog.list(context)).filter(({ status }) => status === 'active').map(({ name }) => name),
  );
  for (const file of filesOf(folder)) {
    const name = file.replace(ending, '');
    if (known.has(name)) continue;
    const input = { name, visibility: 'public', container_format: 'bare', disk_format: 'tar' } as const;
    const { id } = await catalog.create(input, context);
    await catalog.upload(id, createReadStream(join(folder, file)), context);
    log.info(`Registered image ${name} (${id}) from ${file}`, context);
  }
}

function filesOf(folder: string): string[] {
  try {
    return readdirSync(folder)
      .filter((file) => ending.test(file))
      .sort();
  } catch {
    return []; // no seed folder: nothing to register
  }
}
