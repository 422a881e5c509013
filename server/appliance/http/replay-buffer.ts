// The last bytes of a terminal's output, addressed by their offset in all output so far, for viewers that come later.

export interface ReplayBuffer {
  /** Offset of the oldest byte kept. */
  start(): number;
  /** Offset after the newest byte. */
  end(): number;
  append(bytes: Buffer): void;
  /** Goes on at a later offset: what lies between was lost on the way, what came before is dropped. */
  skipTo(offset: number): void;
  /** At most `limit` bytes from `offset` on; offset must lie between start and end. */
  read(offset: number, limit: number): Buffer;
  /** Where a viewer that saw nothing begins: at a line's start, so that no half escape sequence is drawn. */
  firstLine(): number;
}

const gatherBytes = 4096;

/**
 * Keeps the newest `capacity` bytes, and up to one chunk more.
 * @param first offset of the first byte that will come
 */
export function createReplayBuffer(capacity = 256 * 1024, first = 0): ReplayBuffer {
  const chunks: Buffer[] = [];
  let start = first;
  let end = first;

  return {
    start: () => start,
    end: () => end,
    append(bytes) {
      if (bytes.length === 0) return;
      const last = chunks.at(-1);
      // Echoed keys come one by one; gathered, they do not make a list of thousands.
      if (last !== undefined && last.length + bytes.length <= gatherBytes)
        chunks[chunks.length - 1] = Buffer.concat([last, bytes]);
      else chunks.push(bytes);
      end += bytes.length;
      while (end - start - chunks[0]!.length >= capacity) start += chunks.shift()!.length;
    },
    skipTo(offset) {
      chunks.length = 0;
      start = end = offset;
    },
    read(offset, limit) {
      const parts: Buffer[] = [];
      let position = start;
      let wanted = limit;
      for (const chunk of chunks) {
        const from = Math.max(0, offset - position);
        position += chunk.length;
        if (from >= chunk.length) continue;
        const part = chunk.subarray(from, from + wanted);
        parts.push(part);
        wanted -= part.length;
        if (wanted === 0) break;
      }
      return parts.length === 1 ? parts[0]! : Buffer.concat(parts);
    },
    firstLine() {
      if (start === 0) return 0;
      let position = start;
      for (const chunk of chunks) {
        const newline = chunk.indexOf(10);
        if (newline !== -1) return position + newline + 1;
        position += chunk.length;
      }
      return start;
    },
  };
}
