// The image below an instance's disk: from the node's cache, or fetched from the Image service.
import { addBase, findBase } from '../../../host/guest-disk.ts';
import { ApiFailure, type Session } from '../../client/session.ts';
import { BuildFailed } from './ports.ts';
import type { Settings } from './settings.ts';

const downloads = new Map<string, Promise<string>>();

/** Folder of the unpacked image; several instances wait for one download. */
export async function findImage(
  settings: Settings,
  session: Pick<Session, 'request'>,
  image_id: string,
): Promise<string> {
  const cache = `${settings.instancesPath}/_base`;
  const path = `/v2/images/${image_id}`;
  try {
    const { body } = await session.request<{ checksum: string | null }>('image', { method: 'GET', path });
    if (body.checksum === null) throw new BuildFailed(`Image ${image_id} has no data.`);
    const { checksum } = body;
    const base = await findBase(cache, settings.suppliedImages, checksum);
    if (base !== undefined) return base;
    let download = downloads.get(checksum);
    if (download === undefined) {
      download = session
        .request<Buffer>('image', { method: 'GET', path: `${path}/file`, raw: true, timeoutMs: 120_000 })
        .then((answer) => addBase(cache, checksum, answer.body))
        .finally(() => downloads.delete(checksum));
      downloads.set(checksum, download);
    }
    return await download;
  } catch (error) {
    if (error instanceof ApiFailure && error.status < 500)
      throw new BuildFailed(`Image ${image_id} could not be found.`);
    throw error;
  }
}
