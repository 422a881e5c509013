// Commands in plain text: solution files (`# terminal: compute1` headers) and the fenced blocks of a step's text.
import type { Place } from '../http/types.ts';
import type { LabCommand, Problem } from './types.ts';

const header = /^#\s*terminal:\s*(\S+)\s*$/;

/**
 * Splits solution text into commands. A line `# terminal: <place>` opens a terminal, other `#` lines are remarks, a
 * trailing backslash continues a command, a here-document belongs to its command. `firstLine` is where the text starts.
 */
export function parseCommands(
  text: string,
  { file, firstLine = 1, place }: { file: string; firstLine?: number; place?: Place },
): { commands: LabCommand[]; problems: Problem[] } {
  const commands: LabCommand[] = [];
  const problems: Problem[] = [];
  let terminal = place;
  for (const { text: command, line } of logicalLines(text, firstLine)) {
    const opened = header.exec(command);
    if (opened !== null) terminal = opened[1];
    else if (command.startsWith('#')) continue;
    else if (terminal === undefined)
      problems.push({ file, line, field: '', message: `no '# terminal: <node>' line before '${command}'` });
    else commands.push({ place: terminal, text: command, line });
  }
  return { commands, problems };
}

function logicalLines(text: string, firstLine: number): { text: string; line: number }[] {
  const found: { text: string; line: number }[] = [];
  let open: { text: string; line: number } | undefined;
  let heredocEnd: string | undefined;
  for (const [index, line] of text.split('\n').entries()) {
    if (open === undefined && line.trim() === '') continue;
    const part = line.trimEnd();
    open = open === undefined ? { text: part.trimStart(), line: firstLine + index } : open;
    if (open.line !== firstLine + index) open.text += `\n${part}`;
    if (heredocEnd !== undefined) {
      if (part !== heredocEnd) continue;
      heredocEnd = undefined;
    } else if (part.endsWith('\\')) continue;
    else {
      heredocEnd = /<<-?\s*['"]?(\w+)['"]?/.exec(part)?.[1];
      if (heredocEnd !== undefined) continue;
    }
    found.push(open);
    open = undefined;
  }
  if (open !== undefined) found.push(open);
  return found;
}

/** One command with its continuations and blanks made uniform, for comparing text with solution. */
export function normalizeCommand(text: string): string {
  return text.replace(/\\\n/g, ' ').replace(/\s+/g, ' ').trim();
}

/**
 * A place as in a block's info string or a terminal header is a node (`controller`), an instance (`vm:vm01`) or a
 * namespace of a node (`netns:network:qrouter-...`). Returns the node's part, or undefined for an instance.
 */
export function nodeOfPlace(place: Place): string | undefined {
  if (place.startsWith('vm:')) return undefined;
  return place.startsWith('netns:') ? place.split(':')[1] : place;
}
