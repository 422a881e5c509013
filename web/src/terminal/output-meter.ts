// How far a terminal's output was received and drawn, as offsets in all its output. Pure.

/** Drawn bytes after which the server is told; below its window, so that it never waits for us. */
const acknowledgeBytes = 16 * 1024;

export interface OutputMeter {
  /** Where the next connection continues. */
  received(): number;
  opened(offset: number, replayUntil: number): void;
  arrived(offset: number, length: number): void;
  /** The offset to acknowledge, when it is time to. */
  drew(until: number): number | undefined;
  /** What is being drawn was shown to somebody before. */
  isReplaying(): boolean;
}

export function createOutputMeter(): OutputMeter {
  let received = 0;
  let drawn = 0;
  let acknowledged = 0;
  let replayUntil = 0;
  return {
    received: () => received,
    opened(offset, until) {
      received = drawn = acknowledged = offset;
      replayUntil = until;
    },
    arrived(offset, length) {
      received = offset + length;
    },
    drew(until) {
      drawn = Math.max(drawn, until);
      if (drawn - acknowledged < acknowledgeBytes) return undefined;
      return (acknowledged = drawn);
    },
    isReplaying: () => drawn < replayUntil,
  };
}
