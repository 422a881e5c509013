// The command `patchbay`: one file per command beside this one.
import { Command, CommanderError } from 'commander';
import { nearest } from '../../lib/nearest.ts';
import { addAuthor } from './author.ts';
import { addBench } from './bench.ts';
import { addDoctor } from './doctor.ts';
import { addDown } from './down.ts';
import { addInvite } from './invite.ts';
import { addLabs } from './labs.ts';
import { addOpenrc } from './openrc.ts';
import { addRun } from './run.ts';
import { addShell } from './shell.ts';
import { addStart } from './start.ts';
import { addStatus } from './status.ts';
import { addTest } from './test.ts';
import { addUp } from './up.ts';
import { addVerify } from './verify.ts';
import { UsageError } from './usage-error.ts';

function createProgram(): Command {
  const program = new Command('patchbay')
    .description(
      'A real, disposable, multi-node OpenStack Networking cloud in containers, with labs that prove themselves.',
    )
    .showHelpAfterError("'patchbay COMMAND --help' shows what a command takes.")
    .exitOverride()
    .enablePositionalOptions()
    .addHelpText(
      'after',
      '\nExample:\n  patchbay up                      set everything up and open the console',
    );
  const adders = [addUp, addInvite, addTest, addRun, addVerify, addAuthor, addLabs, addStart, addStatus, addShell, addOpenrc, addDown, addDoctor, addBench]; // prettier-ignore
  for (const add of adders) add(program);
  for (const command of program.commands) command.exitOverride();
  return program;
}

/** A word that is no command: says so and names the nearest. */
function refuseUnknown(program: Command, argv: string[]): void {
  const [word] = argv;
  if (word === undefined || word.startsWith('-') || word === 'help') return;
  const names = program.commands.map((command) => command.name());
  if (names.includes(word)) return;
  const close = nearest(word, names);
  throw new UsageError(
    `There is no command '${word}'.${close === undefined ? '' : ` Did you mean '${close}'?`} Commands: ${names.join(', ')}`,
  );
}

/** Runs the command line; the process ends with the command's exit code, 2 for a wrong call. */
export async function main(argv: string[]): Promise<void> {
  const program = createProgram();
  try {
    if (argv.length === 0) {
      program.outputHelp();
      process.exitCode = 2;
      return;
    }
    refuseUnknown(program, argv);
    await program.parseAsync(argv, { from: 'user' });
  } catch (error) {
    if (error instanceof CommanderError) {
      process.exitCode = error.exitCode === 0 ? 0 : 2;
    } else if (error instanceof UsageError) {
      process.stderr.write(`patchbay: ${error.message}\n`);
      process.exitCode = 2;
    } else {
      process.stderr.write(`patchbay: ${error instanceof Error ? error.message : String(error)}\n`);
      process.exitCode ||= 1;
    }
  }
}
