// keystone: the command line of the Identity API.
import { keystoneStyle } from './command/output.ts';
import { runAsProcess, type Program } from './command/program.ts';
import { keystoneCommands } from './keystone/commands.ts';
import { ApiFailure } from './session.ts';

export const keystone: Program = {
  name: 'keystone',
  help: 'Command-line interface to the OpenStack Identity API',
  style: keystoneStyle,
  commands: keystoneCommands,
  describeError: (error) =>
    error instanceof ApiFailure ? `${error.message} (HTTP ${error.status})` : error.message,
};

export const main = (argv: string[]): Promise<void> => runAsProcess(keystone, argv);
