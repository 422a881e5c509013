// What the real clients printed, against this API: `$ command` lines with their output. Ids, projects and times are hidden
// behind others of the same width, numbered as they appear.

export interface Recorded {
  command: string;
  output: string;
}

/** The commands of a recording; lines before the first are its comment. */
export const readRecording = (text: string): Recorded[] =>
  text
    .split(/^\$ /m)
    .slice(1)
    .map((part) => {
      const end = part.indexOf('\n');
      return { command: part.slice(0, end), output: part.slice(end + 1).trimEnd() };
    });

const pad = (count: number, width: number) => String(count).padStart(width, '0');
const ids: readonly [kind: RegExp, hidden: (count: number) => string][] = [
  [
    /\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/g,
    (count) => `${pad(0, 8)}-0000-0000-0000-${pad(count, 12)}`,
  ],
  [/\b[0-9a-f]{32}\b/g, (count) => pad(count, 32)],
];
const times = /\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ/g;

/** Hides what differs between runs, and puts what was hidden back into later commands. */
export function createVeil() {
  const hiddenOf = new Map<string, string>();
  return {
    hide: (text: string): string =>
      ids
        .reduce(
          (rest, [kind, hidden]) =>
            rest.replace(kind, (found) => {
              if (!hiddenOf.has(found)) hiddenOf.set(found, hidden(hiddenOf.size + 1));
              return hiddenOf.get(found)!;
            }),
          text,
        )
        .replace(times, '2026-01-31T12:00:00Z'),
    reveal: (text: string): string =>
      [...hiddenOf].reduce((rest, [found, hidden]) => rest.replaceAll(hidden, found), text),
  };
}
