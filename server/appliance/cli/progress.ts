// Progress on a terminal: bars for what has a length, lines for everything else.
import { MultiBar, Presets, type SingleBar } from 'cli-progress';
import type { BuildProgress } from '../engine/types.ts';
import type { LabEvent } from '../labs/events.ts';

/** A sentence for the person in front of it; on stderr, so that output stays clean. */
export const say = (text: string): void => void process.stderr.write(`${text}\n`);

/** Shows image builds as bars, one per image; without a terminal, a line when one starts. */
export function createBuildProgress(): {
  onBuild: (image: string, progress: BuildProgress) => void;
  end: () => void;
} {
  if (!process.stderr.isTTY) {
    const seen = new Set<string>();
    const onBuild = (image: string) => {
      if (!seen.has(image)) say(`Building image ${image}`);
      seen.add(image);
    };
    return { onBuild, end: () => undefined };
  }
  const bars = new Map<string, SingleBar>();
  const all = new MultiBar(
    {
      format: '{image} [{bar}] {value}/{total} {line}',
      hideCursor: true,
      clearOnComplete: false,
      linewrap: false,
    },
    Presets.rect,
  );
  const onBuild = (image: string, { line, step, steps }: BuildProgress) => {
    const bar = bars.get(image) ?? all.create(steps ?? 1, 0, { image: image.padEnd(10), line: '' });
    bars.set(image, bar);
    if (steps !== undefined) bar.setTotal(steps);
    if (step !== undefined) bar.update(step);
    bar.update({ line: line.slice(0, 60) });
  };
  return { onBuild, end: () => all.stop() };
}

/** One line per event of a lab, with the seconds since the first. */
export function createLabProgress(): (event: LabEvent) => void {
  const start = Date.now();
  return (event) => {
    const seconds = ((Date.now() - start) / 1000).toFixed(1).padStart(5);
    const who = event.kind === 'node' ? event.node : event.lab;
    say(`${seconds} s  ${who.padEnd(12)} ${event.phase.padEnd(9)} ${event.detail.split('\n')[0]}`);
  };
}
