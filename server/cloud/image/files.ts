// The data of images: one file each, written beside its place and moved there when complete.
import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { link, mkdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Transform, type Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

/** What the data turned out to be. */
export interface Measured {
  size: number;
  /** MD5, hex. */
  checksum: string;
  /** SHA-512, hex. */
  os_hash_value: string;
}

export interface Files {
  /** Stores what comes from `source`; nothing is left when it fails. */
  write(id: string, source: Readable): Promise<Measured>;
  /** Takes a file of this machine in, without a copy where the file system allows it. */
  adopt(id: string, path: string): Promise<Measured>;
  read(id: string): Readable;
  remove(id: string): Promise<void>;
}

/** Passes data on and measures it. */
function meter() {
  const md5 = createHash('md5');
  const sha512 = createHash('sha512');
  let size = 0;
  const stream = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      md5.update(chunk);
      sha512.update(chunk);
      size += chunk.length;
      done(null, chunk);
    },
  });
  const measured = (): Measured => ({
    size,
    checksum: md5.digest('hex'),
    os_hash_value: sha512.digest('hex'),
  });
  return { stream, measured };
}

/** The files of a folder, which is made when needed. */
export async function openFiles(folder: string): Promise<Files> {
  await mkdir(folder, { recursive: true });
  const pathOf = (id: string) => join(folder, id);
  const write = async (id: string, source: Readable) => {
    const { stream, measured } = meter();
    const partial = `${pathOf(id)}.part`;
    try {
      await pipeline(source, stream, createWriteStream(partial));
      await rename(partial, pathOf(id));
    } catch (error) {
      await rm(partial, { force: true });
      throw error;
    }
    return measured();
  };
  return {
    write,
    async adopt(id, path) {
      const { dev } = await stat(path);
      if (dev !== (await stat(folder)).dev) return write(id, createReadStream(path));
      try {
        await link(path, pathOf(id));
      } catch {
        return write(id, createReadStream(path));
      }
      const { stream, measured } = meter();
      await pipeline(createReadStream(path), stream.resume());
      return measured();
    },
    read: (id) => createReadStream(pathOf(id)),
    remove: (id) => rm(pathOf(id), { force: true }),
  };
}
