// A command line program: finds the command, parses its words, signs in, runs it and writes what it found.
import { nearest } from '../../../lib/nearest.ts';
import { ApiFailure, createSession, credentialsFromEnv, type Session } from '../session.ts';
import {
  parseArguments,
  UsageError,
  type Arguments,
  type OptionSpec,
  type PositionalSpec,
} from './arguments.ts';
import { helpOfCommand, helpOfProgram, usageOf } from './help.ts';
import { render, type Format, type Output, type Style } from './output.ts';

/** What a command works with. */
export interface CommandContext {
  session: Session;
  /** Writes a line at once, before the output: progress, `Added interface ...`. */
  say(line: string): void;
  /** Writes one of several tables. */
  show(output: Output): void;
}

export interface Command {
  /** `router-gateway-set` */
  name: string;
  /** One line for the list of commands. */
  help: string;
  positionals?: readonly PositionalSpec[];
  options?: readonly OptionSpec[];
  /** Options that nobody declared are taken as attributes. */
  takesAttributes?: boolean;
  /** Offers -f and -c; default true. */
  hasOutput?: boolean;
  run(input: Arguments, context: CommandContext): Promise<Output | undefined>;
}

export interface Program {
  name: string;
  help: string;
  style: Style;
  commands: readonly Command[];
  /** The line that an error becomes; default: its message. */
  describeError?: (error: Error) => string;
}

/** What surrounds a run, so that tests can look at it. */
export interface Surroundings {
  environment: Record<string, string | undefined>;
  stdout(text: string): void;
  stderr(text: string): void;
  /** Default: signs in with the OS_ variables. */
  session?: Session;
}

const globalOptions: readonly OptionSpec[] = [
  { name: 'os-username', help: 'User name (env OS_USERNAME)' },
  { name: 'os-password', help: 'Password (env OS_PASSWORD)' },
  { name: 'os-tenant-name', help: 'Project (env OS_TENANT_NAME)' },
  { name: 'os-project-name', help: 'Project (env OS_PROJECT_NAME)' },
  { name: 'os-auth-url', help: 'Address of Identity (env OS_AUTH_URL)' },
  { name: 'os-region-name', help: 'Region (env OS_REGION_NAME)' },
];

const outputOptions: readonly OptionSpec[] = [
  { name: 'format', letter: 'f', help: 'table (default), json, value, csv or shell', metavar: 'FORMAT' },
  { name: 'column', letter: 'c', help: 'Column to show; may be repeated', metavar: 'COLUMN', many: true },
  { name: 'max-width', help: 'Accepted for compatibility' },
  { name: 'quote', help: 'Accepted for compatibility', metavar: 'QUOTE_MODE' },
];

const formats: readonly Format[] = ['table', 'json', 'value', 'csv', 'shell'];

/** Runs one command line; resolves with the exit code: 0, 1 when it failed, 2 when it was not understood. */
export async function runProgram(
  program: Program,
  argv: readonly string[],
  surroundings: Surroundings,
): Promise<number> {
  const { stdout, stderr } = surroundings;
  try {
    const { environment, words } = readGlobalOptions(argv, surroundings.environment);
    const [name, ...rest] = words;
    if (name === undefined || name === '-h' || name === '--help' || (name === 'help' && rest.length === 0)) {
      stdout(helpOfProgram(program));
      return 0;
    }
    if (name === '--version') {
      stdout('2.3.11\n');
      return 0;
    }
    if (name === 'bash-completion') {
      stdout(`${completionWords(program)}\n`);
      return 0;
    }
    const command = findCommand(program, name === 'help' ? rest[0]! : name);
    if (name === 'help' || rest.includes('--help') || rest.includes('-h')) {
      stdout(helpOfCommand(program, command, optionsOf(command)));
      return 0;
    }
    const input = parse(program, command, rest);
    const context = {
      session: surroundings.session ?? lazySession(environment),
      say: (line: string) => stdout(`${line}\n`),
      show: (output: Output) => stdout(render(output, 'table', [], program.style)),
    };
    const output = await command.run(input, context);
    const chosen = (input.options.column as string[] | undefined) ?? [];
    if (output !== undefined) stdout(render(output, formatOf(input), chosen.map(firstWord), program.style));
    return 0;
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    const describe = program.describeError ?? ((failure: Error) => failure.message);
    stderr(`${error instanceof UsageError ? error.message : describe(error)}\n`);
    return error instanceof UsageError ? 2 : 1;
  }
}

/** Runs a program in this process: its streams, its environment, its exit code. */
export async function runAsProcess(program: Program, argv: readonly string[]): Promise<void> {
  process.exitCode = await runProgram(program, argv, {
    environment: process.env,
    stdout: (text) => process.stdout.write(text),
    stderr: (text) => process.stderr.write(text),
  });
}

const firstWord = (name: string) => name.trim();

const optionsOf = (command: Command): readonly OptionSpec[] => [
  ...(command.options ?? []),
  ...(command.hasOutput === false ? [] : outputOptions),
];

function parse(program: Program, command: Command, words: readonly string[]): Arguments {
  try {
    return parseArguments(words, {
      positionals: command.positionals ?? [],
      options: optionsOf(command),
      takesAttributes: command.takesAttributes ?? false,
    });
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    throw new UsageError(
      `${usageOf(program, command, optionsOf(command))}\n${program.name} ${command.name}: error: ${error.message}\n` +
        `Try '${program.name} help ${command.name}' for more information.`,
    );
  }
}

function formatOf({ options }: Arguments): Format {
  const asked = (options.format as string | undefined) ?? 'table';
  const found = formats.find((format) => format === asked);
  if (found === undefined)
    throw new UsageError(
      `argument -f/--format: invalid choice: '${asked}' (choose from ${formats.join(', ')})`,
    );
  return found;
}

function findCommand(program: Program, name: string): Command {
  const exact = program.commands.find((command) => command.name === name);
  if (exact !== undefined) return exact;
  const names = program.commands.map((command) => command.name);
  const starting = names.filter((other) => other.startsWith(name));
  if (starting.length === 1) return program.commands.find((command) => command.name === starting[0])!;
  const guess = starting.length > 1 ? starting : [nearest(name, names) ?? ''].filter(Boolean);
  const hint = guess.length === 0 ? '' : `\nDid you mean one of these?\n  ${guess.join('\n  ')}`;
  throw new UsageError(`Unknown command ['${name}']${hint}`);
}

/** Options before the command, and the same ones after it: they stand for environment variables. */
function readGlobalOptions(
  argv: readonly string[],
  given: Record<string, string | undefined>,
): { environment: Record<string, string | undefined>; words: string[] } {
  const environment = { ...given };
  const words: string[] = [];
  for (let index = 0; index < argv.length; index++) {
    const word = argv[index]!;
    const [flag, inline] = word.split(/=(.*)/s) as [string, string?];
    const name = flag.replace(/^--/, '').replaceAll('_', '-');
    const option = flag.startsWith('--') ? globalOptions.find((known) => known.name === name) : undefined;
    if (option !== undefined) {
      const value = inline ?? argv[++index];
      if (value === undefined) throw new UsageError(`argument ${flag}: expected one argument`);
      environment[name.toUpperCase().replaceAll('-', '_')] = value;
    } else if (
      words.length > 0 ||
      !['--debug', '--insecure', '-v', '--verbose', '-q', '--quiet'].includes(word)
    )
      words.push(word);
  }
  return { environment, words };
}

/** A session that complains about missing variables when it is used first, not before. */
function lazySession(environment: Record<string, string | undefined>): Session {
  let session: Session | undefined;
  const get = () => (session ??= createSession(credentialsFromEnv(environment)));
  return {
    request: async (service, request) => get().request(service, request),
    token: async () => get().token(),
    access: async () => get().access(),
  };
}

function completionWords(program: Program): string {
  const names = program.commands.map(({ name }) => name);
  const options = program.commands.flatMap((command) => optionsOf(command).map(({ name }) => `--${name}`));
  return [...new Set([...names, ...options])].sort().join(' ');
}

export { ApiFailure, UsageError, type Arguments, type OptionSpec, type Output, type PositionalSpec };
