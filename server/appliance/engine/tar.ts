// A tar archive in memory: what the engine takes as build context and as files for a container.

export interface TarEntry {
  /** Relative, with slashes. */
  path: string;
  /** A directory has none. */
  content?: Buffer | string;
  /** Permission bits; 0644, or 0755 for a directory. */
  mode?: number;
  uid?: number;
  gid?: number;
}

const blockBytes = 512;

function header(entry: TarEntry, size: number): Buffer {
  const isDirectory = entry.content === undefined;
  const path = isDirectory ? `${entry.path}/` : entry.path;
  const cut = path.length > 100 ? path.indexOf('/', path.length - 101) : -1;
  if (path.length > 100 && (cut < 0 || cut > 155)) throw new Error(`Path too long for an archive: ${path}`);
  const block = Buffer.alloc(blockBytes);
  const octal = (value: number, at: number, length: number) =>
    block.write(`${value.toString(8).padStart(length - 1, '0')}\0`, at);
  block.write(cut < 0 ? path : path.slice(cut + 1), 0, 100);
  octal(entry.mode ?? (isDirectory ? 0o755 : 0o644), 100, 8);
  octal(entry.uid ?? 0, 108, 8);
  octal(entry.gid ?? 0, 116, 8);
  octal(size, 124, 12);
  octal(0, 136, 12); // a fixed time, so that the same files make the same archive and the build's cache is hit
  block.write(' '.repeat(8), 148);
  block.write(isDirectory ? '5' : '0', 156);
  block.write('ustar\0', 257);
  block.write('00', 263);
  if (cut >= 0) block.write(path.slice(0, cut), 345, 155);
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return block;
}

/** Packs entries in the order given; parents need not be listed. */
export function packTar(entries: TarEntry[]): Buffer {
  const parts: Buffer[] = [];
  for (const entry of entries) {
    const content = Buffer.from(entry.content ?? '');
    parts.push(header(entry, content.length), content);
    const rest = content.length % blockBytes;
    if (rest > 0) parts.push(Buffer.alloc(blockBytes - rest));
  }
  parts.push(Buffer.alloc(2 * blockBytes));
  return Buffer.concat(parts);
}
