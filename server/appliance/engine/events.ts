// What the engine tells of itself: containers that start, end, run out of memory.
import type Docker from 'dockerode';
import { asking } from './failures.ts';
import type { ContainerEvent } from './types.ts';

interface RawEvent {
  Action?: string;
  Actor?: { Attributes?: Record<string, string> };
}

/** Calls back for every container event of a label; returns how to stop. Ends silently with the engine. */
export async function followEvents(
  docker: Docker,
  label: string,
  listener: (event: ContainerEvent) => void,
): Promise<() => void> {
  const stream = (await asking(
    'Following the engine',
    docker.getEvents({ filters: { type: ['container'], label: [label] } }),
  )) as NodeJS.ReadableStream & { destroy(): void };
  let rest = '';
  stream.on('error', () => stream.destroy());
  stream.on('data', (bytes: Buffer) => {
    const lines = (rest + bytes.toString('utf8')).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      if (line.trim() === '') continue;
      const { Action = '', Actor } = JSON.parse(line) as RawEvent;
      const { name = '', ...labels } = Actor?.Attributes ?? {};
      listener({ name, action: Action, labels });
    }
  });
  return () => stream.destroy();
}
