// The frames between appliance and node, cut anywhere on the way.
import { expect, it } from 'vitest';
import {
  createFrameReader,
  inputFrame,
  joinFrame,
  sizeFrame,
  type NodeFrame,
} from '../../../../../server/appliance/console/terminals/frames.ts';

const frame = (letter: string, ...parts: Buffer[]) => {
  const content = Buffer.concat(parts);
  const head = Buffer.alloc(5);
  head.write(letter);
  head.writeUInt32BE(content.length, 1);
  return Buffer.concat([head, content]);
};
const number = (value: bigint) => {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(value);
  return bytes;
};

it('reads frames whole, whatever the pieces they come in', () => {
  const sent = Buffer.concat([
    frame('h', number(1000n), number(1005n), Buffer.from([0, 100, 0, 30])),
    frame('o', number(1000n), Buffer.from('hello')),
    frame('o', number(5_000_000_000n), Buffer.from([0xff, 0x00])),
    frame('e', Buffer.from([0, 0, 0, 7])),
  ]);
  for (const size of [1, 3, 7, sent.length]) {
    const frames: NodeFrame[] = [];
    const read = createFrameReader((one) => frames.push(one));
    for (let at = 0; at < sent.length; at += size) read(sent.subarray(at, at + size));
    expect(frames).toEqual([
      { kind: 'hello', from: 1000, end: 1005, columns: 100, rows: 30 },
      { kind: 'output', offset: 1000, bytes: Buffer.from('hello') },
      { kind: 'output', offset: 5_000_000_000, bytes: Buffer.from([0xff, 0x00]) },
      { kind: 'exit', code: 7 },
    ]);
  }
});

it('writes what the node expects', () => {
  expect(joinFrame(258).toString('hex')).toBe(`6100000008${'0000000000000102'}`);
  expect(sizeFrame(132, 43).toString('hex')).toBe(`7300000004${'0084002b'}`);
  expect(inputFrame('é').toString('hex')).toBe(`6900000002${'c3a9'}`);
});

it('refuses a letter it does not know', () => {
  expect(() => createFrameReader(() => undefined)(frame('z'))).toThrow("a frame 'z' that is not known");
});
