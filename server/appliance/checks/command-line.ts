// Turns what a check did into a line a learner can type, and long output into one a learner can read.

const plain = /^[A-Za-z0-9_@%+=:,./-]+$/;

/** An argument list as one would type it. */
export function commandLine(argv: string[]): string {
  return argv.map((word) => (plain.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`)).join(' ');
}

/** The line and the place for a target: a namespace's command is typed on its node. */
export function commandAt(target: string, argv: string[]): { place: string; text: string } {
  if (!target.startsWith('netns:')) return { place: target, text: commandLine(argv) };
  const [, node = '', name = ''] = target.split(':');
  return { place: node, text: commandLine(['ip', 'netns', 'exec', name, ...argv]) };
}

/** `network` or `namespace qrouter-... on network` or `instance vm01`. */
export function placeName(target: string): string {
  if (target.startsWith('vm:')) return `instance ${target.slice(3)}`;
  if (!target.startsWith('netns:')) return target;
  const [, node = '', name = ''] = target.split(':');
  return `namespace ${name} on ${node}`;
}

/** The last words of an output: enough to recognise it, short enough for a verdict. */
export function excerpt(text: string, maximum = 200): string {
  const line = text
    .trim()
    .split(/\s*\n\s*/)
    .slice(-4)
    .join(' / ');
  return line.length <= maximum ? line : `...${line.slice(-maximum)}`;
}
