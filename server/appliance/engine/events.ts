// What the engine tells of itself: containers that start, end, run out of memory.
import type Docker from 'dockerode';
import { asking } from './failures.ts';
import { whenListed } from './listed-ends.ts';
import type { ContainerEvent } from './types.ts';

interface RawEvent {
  Action?: string;
  Actor?: { Attributes?: Record<string, string> };
}

type EventStream = NodeJS.ReadableStream & { destroy(): void };

const firstWaitMs = 250;
const longestWaitMs = 8_000;

/**
 * Calls back for every container event of a label, for an end once it is listed; returns how to stop. An engine that ends
 * or is restarted is followed again as soon as it answers; `onFollowedAgain` tells so, because what happened in between
 * was missed.
 */
export async function followEvents(
  docker: Docker,
  label: string,
  listener: (event: ContainerEvent) => void,
  onFollowedAgain: () => void = () => undefined,
): Promise<() => void> {
  let isStopped = false;
  let stream: EventStream | undefined;
  let timer: NodeJS.Timeout | undefined;
  const told = whenListed(docker, (event) => isStopped || listener(event));

  const follow = async () => {
    const opened = (await asking(
      'Following the engine',
      docker.getEvents({ filters: { type: ['container'], label: [label] } }),
    )) as EventStream;
    if (isStopped) return opened.destroy();
    stream = opened;
    opened.on('error', () => opened.destroy());
    opened.on('data', createReader(told));
    opened.once('close', () => followAgain(firstWaitMs));
  };
  const followAgain = (waitMs: number) => {
    if (isStopped) return;
    timer = setTimeout(() => {
      follow().then(
        () => isStopped || onFollowedAgain(),
        () => followAgain(Math.min(waitMs * 2, longestWaitMs)),
      );
    }, waitMs);
  };

  await follow();
  return () => {
    isStopped = true;
    clearTimeout(timer);
    stream?.destroy();
  };
}

/** Takes the engine's JSON lines in pieces. */
function createReader(listener: (event: ContainerEvent) => void): (bytes: Buffer) => void {
  let rest = '';
  return (bytes) => {
    const lines = (rest + bytes.toString('utf8')).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      if (line.trim() === '') continue;
      const { Action = '', Actor } = JSON.parse(line) as RawEvent;
      const { name = '', ...labels } = Actor?.Attributes ?? {};
      listener({ name, action: Action, labels });
    }
  };
}
