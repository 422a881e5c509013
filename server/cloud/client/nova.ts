// nova: the command line of the Compute API.
import { novaStyle } from './command/output.ts';
import { runAsProcess, type Program } from './command/program.ts';
import { otherCommands } from './nova/other-commands.ts';
import { serverCommands } from './nova/server-commands.ts';
import { ApiFailure } from './session.ts';

const names: Record<number, string> = {
  400: 'BadRequest',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'NotFound',
  409: 'Conflict',
};

export const nova: Program = {
  name: 'nova',
  help: 'Command-line interface to the OpenStack Nova API.',
  style: novaStyle,
  commands: [...serverCommands, ...otherCommands].sort((a, b) => a.name.localeCompare(b.name)),
  describeError: (error) =>
    error instanceof ApiFailure
      ? `ERROR (${names[error.status] ?? 'ClientException'}): ${error.message} (HTTP ${error.status})`
      : error.message,
};

export const main = (argv: string[]): Promise<void> => runAsProcess(nova, argv);
