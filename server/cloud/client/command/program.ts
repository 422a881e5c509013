// A command-line program made of commands: finds the command, reads its words, prints its result, ends with 0, 1 or 2.
import { nearest } from '../../../lib/nearest.ts';
import { sessionFromEnv } from '../session.ts';
import type { Command } from './command.ts';
import { formatResult } from './output.ts';
import { parseWords, UsageError } from './parse.ts';

export interface Program {
  /** `neutron` */
  name: string;
  help: string;
  version: string;
  commands: readonly Command[];
}

/** What a program needs of the world; the entry point passes the real one. */
export interface World {
  environment: Record<string, string | undefined>;
  print(line: string): void;
  complain(line: string): void;
}

export const realWorld = (): World => ({
  environment: process.env,
  print: (line) => void process.stdout.write(`${line}\n`),
  complain: (line) => void process.stderr.write(`${line}\n`),
});

/** Runs one command line; resolves with the exit code. Never throws for what the user or a server did wrong. */
export async function runProgram(program: Program, argv: readonly string[], world: World): Promise<number> {
  const { environment, words, asked } = readGlobals(argv, world.environment);
  const [name, ...rest] = words;
  if (asked === 'version') return say(world, program.version);
  if (asked === 'help' || name === undefined || name === 'help') {
    const topic = name === 'help' ? rest[0] : name;
    const command = program.commands.find((one) => one.name === topic);
    if (topic !== undefined && command === undefined) return unknown(program, topic, world);
    return say(world, command === undefined ? overview(program) : usage(program, command));
  }
  if (name === 'bash-completion')
    return say(world, program.commands.map((command) => command.name).join(' '));
  const command = program.commands.find((one) => one.name === name);
  if (command === undefined) return unknown(program, name, world);
  if (rest.includes('--help') || rest.includes('-h')) return say(world, usage(program, command));
  try {
    const { given, choice } = parseWords(command, rest);
    const text = formatResult(await command.run(given, sessionFromEnv(environment)), choice);
    if (text !== '') world.print(text);
    return 0;
  } catch (error) {
    world.complain(
      error instanceof UsageError
        ? `${error.message}\n${usageLine(program, command)}`
        : (error as Error).message,
    );
    return error instanceof UsageError ? 2 : 1;
  }
}

/** `--os-username X` and the like stand before the command and win over the environment. */
function readGlobals(argv: readonly string[], environment: World['environment']) {
  const words = [...argv];
  const merged = { ...environment };
  let asked: 'help' | 'version' | undefined;
  while (words[0]?.startsWith('-')) {
    const [, option = '', , inline] = /^(--?[^=]+)(=(.*))?$/s.exec(words.shift()!) ?? [];
    if (option === '--version') asked = 'version';
    else if (option === '--help' || option === '-h') asked = 'help';
    else if (option.startsWith('--os'))
      merged[option.slice(2).replaceAll('-', '_').toUpperCase()] = inline ?? words.shift() ?? '';
  }
  return { environment: merged, words, asked };
}

function say(world: World, text: string): number {
  world.print(text);
  return 0;
}

function unknown(program: Program, name: string, world: World): number {
  const near = nearest(
    name,
    program.commands.map((command) => command.name),
  );
  world.complain(`Unknown command ['${name}']${near === undefined ? '' : `. Did you mean '${near}'?`}`);
  world.complain(`'${program.name} help' lists the commands.`);
  return 2;
}

function overview({ name, help, commands }: Program): string {
  const width = Math.max(...commands.map((command) => command.name.length));
  const rows = [...commands]
    .sort((a, b) => a.name.localeCompare(b.name))
    .map((one) => `  ${one.name.padEnd(width)}  ${one.help}`);
  return [
    `usage: ${name} [--os-auth-url URL] [--os-username NAME] ... COMMAND ...`,
    '',
    help,
    '',
    'Commands:',
    ...rows,
    '',
    `'${name} help COMMAND' tells more of one.`,
  ].join('\n');
}

const positionalsOf = ({ positional = [] }: Command) =>
  positional.map(({ name, optional, many }) =>
    optional ? `[${name}${many ? ' ...' : ''}]` : `${name}${many ? ' [...]' : ''}`,
  );

const usageLine = (program: Program, command: Command) =>
  `usage: ${program.name} ${[command.name, '[options]', ...positionalsOf(command)].join(' ')}`;

function usage(program: Program, command: Command): string {
  const options = Object.entries(command.options ?? {}).map(([name, { value, help = '' }]) => [
    `--${name}${value === undefined ? '' : ` ${value}`}`,
    help,
  ]);
  const positional = (command.positional ?? []).map(({ name, help = '' }) => [name, help]);
  const output =
    command.prints === 'message'
      ? []
      : [
          ['-f FORMAT', 'table, json, value, csv, yaml or, for one object, shell'],
          ['-c COLUMN', 'Only this column; may be given several times'],
        ];
  const rows = [...positional, ...options, ...output] as [string, string][];
  const width = Math.min(36, Math.max(0, ...rows.map(([left]) => left.length)));
  return [
    usageLine(program, command),
    '',
    command.help,
    '',
    ...rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`.trimEnd()),
  ].join('\n');
}
