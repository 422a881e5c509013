// Help texts of a program and of one command, in the shape of Python's argparse.
import type { OptionSpec, PositionalSpec } from './arguments.ts';
import type { Command, Program } from './program.ts';

const width = 78;

/** `name` in a column, its text wrapped beside it. */
function entry(name: string, text: string, column = 24): string {
  const lines = wrap(text.split(/\s+/), width - column);
  const first = name.length + 4 > column ? [`  ${name}`] : [];
  const head = first.length > 0 ? ' '.repeat(column) : `  ${name}`.padEnd(column);
  return [...first, ...lines.map((line, index) => (index === 0 ? head : ' '.repeat(column)) + line)].join(
    '\n',
  );
}

/** Lines of whole units: words, or `[--name VALUE]`. */
function wrap(units: readonly string[], limit: number): string[] {
  const lines = [''];
  for (const word of units) {
    const last = lines.at(-1)!;
    if (last !== '' && last.length + 1 + word.length > limit) lines.push(word);
    else lines[lines.length - 1] = last === '' ? word : `${last} ${word}`;
  }
  return lines;
}

const metavarOf = ({ metavar, name }: OptionSpec) => metavar ?? name.toUpperCase().replaceAll('-', '_');

const labelOf = ({ metavar, name }: PositionalSpec) => metavar ?? name.toUpperCase();

function optionText(option: OptionSpec): string {
  const value = option.isSwitch ? '' : ` ${metavarOf(option)}`;
  const letter = option.letter === undefined ? '' : `-${option.letter}${value}, `;
  return `${letter}--${option.name}${value}`;
}

/** `usage: neutron net-create [-h] [--tenant-id TENANT_ID] NAME` */
export function usageOf(program: Program, command: Command, options: readonly OptionSpec[]): string {
  const flags = options
    .filter(({ help }) => !help.startsWith('Accepted'))
    .map(
      (option) =>
        `[${option.letter ? `-${option.letter}` : `--${option.name}`}${option.isSwitch ? '' : ` ${metavarOf(option)}`}]`,
    );
  const words = (command.positionals ?? []).map((positional) => {
    const { optional, many } = positional;
    const shown = `${labelOf(positional)}${many ? ' ...' : ''}`;
    return optional ? `[${shown}]` : shown;
  });
  const head = `usage: ${program.name} ${command.name} `;
  const lines = wrap(['[-h]', ...flags, ...words], width - head.length);
  return head + lines.join(`\n${' '.repeat(head.length)}`);
}

export function helpOfCommand(program: Program, command: Command, options: readonly OptionSpec[]): string {
  const positionals = (command.positionals ?? []).map((positional) =>
    entry(labelOf(positional), positional.help),
  );
  const flags = options.filter(({ help }) => !help.startsWith('Accepted'));
  return [
    usageOf(program, command, options),
    '',
    command.help,
    ...(positionals.length > 0 ? ['', 'positional arguments:', ...positionals] : []),
    '',
    'optional arguments:',
    entry('-h, --help', 'show this help message and exit'),
    ...flags.map((option) => entry(optionText(option), option.help)),
    ...(command.takesAttributes ? ['', 'Other options are passed on as attributes: --name value'] : []),
    '',
  ].join('\n');
}

export function helpOfProgram(program: Program): string {
  const commands = [...program.commands].sort((a, b) => (a.name < b.name ? -1 : 1));
  return [
    `usage: ${program.name} [--os-username NAME] [--os-password PASSWORD]`,
    `${' '.repeat(8 + program.name.length)}[--os-tenant-name NAME] [--os-auth-url URL] COMMAND ...`,
    '',
    program.help,
    '',
    'Commands:',
    ...commands.map(({ name, help }) => entry(name, help, 34)),
    '',
    `See '${program.name} help COMMAND' for help on a specific command.`,
    '',
  ].join('\n');
}
