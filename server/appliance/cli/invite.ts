// patchbay invite: a one-time link for a learner of their own, to the console that runs.
import type { Command } from 'commander';
import { isLearnerName, learnerNames } from '../http/learners.ts';
import { oneTimeLink } from '../http/sessions.ts';
import { consoleSecret } from './console-secret.ts';
import { findConsole } from './detached-console.ts';
import { UsageError } from './usage-error.ts';

export function addInvite(program: Command): void {
  program
    .command('invite')
    .description('print a one-time link to the running console for a learner')
    .argument('<name>', "the learner's name; each learner sees and reaches only their own labs")
    .addHelpText('after', '\nExample:\n  patchbay invite anna')
    .action(async (name: string) => {
      if (!isLearnerName(name))
        throw new UsageError(`'${name}' cannot be a learner's name; that is ${learnerNames}.`);
      const running = await findConsole();
      if (running === undefined) throw new Error("No console runs. Start it first: './patchbay up'.");
      const link = oneTimeLink(running.url, await consoleSecret(), name);
      process.stdout.write(`This link signs a browser in as ${name}, once:\n${link}\n`);
    });
}
