// The frames that images/base/files/sbin/node-terminal speaks: a letter, the length of the content, the content. Pure.

/** What comes from the node. */
export type NodeFrame =
  | { kind: 'hello'; from: number; end: number; columns: number; rows: number }
  | { kind: 'output'; offset: number; bytes: Buffer }
  | { kind: 'exit'; code: number };

const headBytes = 5;

function frame(letter: string, content: Buffer): Buffer {
  const head = Buffer.alloc(headBytes);
  head.write(letter, 0, 'latin1');
  head.writeUInt32BE(content.length, 1);
  return Buffer.concat([head, content]);
}

/** Asks for the output after an offset; has to be the first. */
export function joinFrame(after: number): Buffer {
  const content = Buffer.alloc(8);
  content.writeBigUInt64BE(BigInt(after));
  return frame('a', content);
}

export function sizeFrame(columns: number, rows: number): Buffer {
  const content = Buffer.alloc(4);
  content.writeUInt16BE(columns, 0);
  content.writeUInt16BE(rows, 2);
  return frame('s', content);
}

export const inputFrame = (data: string) => frame('i', Buffer.from(data));
export const endFrame = () => frame('x', Buffer.alloc(0));

const numberAt = (content: Buffer, at: number) => Number(content.readBigUInt64BE(at));

function parse(letter: string, content: Buffer): NodeFrame {
  if (letter === 'o') return { kind: 'output', offset: numberAt(content, 0), bytes: content.subarray(8) };
  if (letter === 'e') return { kind: 'exit', code: content.readUInt32BE(0) };
  if (letter !== 'h') throw new Error(`the node's terminal speaks a frame '${letter}' that is not known`);
  return {
    kind: 'hello',
    from: numberAt(content, 0),
    end: numberAt(content, 8),
    columns: content.readUInt16BE(16),
    rows: content.readUInt16BE(18),
  };
}

/** Takes bytes as they come and calls back with each whole frame. */
export function createFrameReader(onFrame: (frame: NodeFrame) => void): (bytes: Buffer) => void {
  let rest: Buffer = Buffer.alloc(0);
  return (bytes) => {
    rest = rest.length === 0 ? bytes : Buffer.concat([rest, bytes]);
    while (rest.length >= headBytes) {
      const end = headBytes + rest.readUInt32BE(1);
      if (rest.length < end) return;
      const letter = String.fromCharCode(rest[0]!);
      const content = rest.subarray(headBytes, end);
      rest = rest.subarray(end);
      onFrame(parse(letter, content));
    }
  };
}
