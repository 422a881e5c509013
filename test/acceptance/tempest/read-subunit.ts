// Reads the stream that Tempest writes while it runs: packets of subunit version 2, one or more per test.
// Format: https://github.com/testing-cabal/subunit, README.rst, "Version 2".
import { crc32 } from 'node:zlib';

/** One packet: what is known of a test, or bytes that were attached to it. */
export interface SubunitEvent {
  testId: string | undefined;
  /** Undefined where the packet only attaches something. */
  status: SubunitStatus | undefined;
  attachment: { name: string; bytes: Buffer } | undefined;
}

const statuses = [
  undefined,
  'exists',
  'inprogress',
  'success',
  'uxsuccess',
  'skip',
  'fail',
  'xfail',
] as const;
export type SubunitStatus = NonNullable<(typeof statuses)[number]>;

const signature = 0xb3;
/** Bits of the flags that say which parts a packet has. */
const has = { testId: 0x0800, route: 0x0400, timestamp: 0x0200, tags: 0x0080, file: 0x0040, mime: 0x0020 };

/** A number of one to four bytes; the two highest bits say how many follow the first. */
function numberAt(bytes: Buffer, at: number): { value: number; end: number } | undefined {
  const first = bytes[at];
  if (first === undefined) return undefined;
  const length = (first >> 6) + 1;
  if (at + length > bytes.length) return undefined;
  let value = first & 0x3f;
  for (let index = 1; index < length; index++) value = value * 256 + bytes[at + index]!;
  return { value, end: at + length };
}

/** Whether bytes are a packet: it ends with a check sum of what is before. */
const isWhole = (bytes: Buffer) =>
  bytes.length > 8 && bytes.readUInt32BE(bytes.length - 4) === crc32(bytes.subarray(0, -4));

/** A packet that is whole. */
function readPacket(packet: Buffer): SubunitEvent {
  const flags = packet.readUInt16BE(1);
  let at = numberAt(packet, 3)!.end;
  const number = () => {
    const read = numberAt(packet, at);
    if (read === undefined) throw new RangeError('A packet of subunit ends within a number');
    at = read.end;
    return read.value;
  };
  const bytes = () => {
    const length = number();
    at += length;
    return packet.subarray(at - length, at);
  };
  const text = () => bytes().toString('utf8');
  if (flags & has.timestamp) {
    at += 4;
    number();
  }
  const testId = flags & has.testId ? text() : undefined;
  if (flags & has.tags) for (let count = number(); count > 0; count--) text();
  if (flags & has.mime) text();
  const attachment = flags & has.file ? { name: text(), bytes: bytes() } : undefined;
  return { testId, status: statuses[flags & 0x0007], attachment };
}

/** Takes the bytes as they come and tells every whole packet; what is no packet is passed over. */
export function createSubunitReader(onEvent: (event: SubunitEvent) => void): (bytes: Buffer) => void {
  let rest: Buffer = Buffer.alloc(0);
  return (bytes) => {
    rest = Buffer.concat([rest, bytes]);
    for (;;) {
      const start = rest.indexOf(signature);
      if (start < 0) rest = Buffer.alloc(0);
      else rest = rest.subarray(start);
      if (rest.length < 4) return;
      // the version; another byte of this value belongs to words that were written between packets
      if (rest[1]! >> 4 !== 2) {
        rest = rest.subarray(1);
        continue;
      }
      const length = numberAt(rest, 3);
      if (length === undefined || length.value > rest.length) return;
      const isPacket = isWhole(rest.subarray(0, length.value));
      if (isPacket) onEvent(readPacket(rest.subarray(0, length.value)));
      rest = rest.subarray(isPacket ? length.value : 1);
    }
  };
}
