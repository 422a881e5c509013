// rbac-create: the object by its name, of the kind that --type tells.
import { sharedResources, type Shareable } from '../../model/rbac-policy.ts';
import type { Command } from '../command/program.ts';
import { UsageError } from '../command/arguments.ts';
import { findIdOf } from './find.ts';

/** The command with the object found first; other commands are left as they are. */
export function withFoundObject(command: Command): Command {
  if (command.name !== 'rbac-create') return command;
  return {
    ...command,
    async run(input, context) {
      const { type: word } = input.options;
      if (typeof word !== 'string') throw new UsageError('argument --type is required');
      const type = word.toLowerCase().replaceAll('-', '_');
      const resource = sharedResources[type as Shareable] ?? type;
      const object_id = await findIdOf(context.session, resource, input.positionals.object_id!);
      return command.run(
        {
          ...input,
          positionals: { object_id },
          // without another word it is shared with everybody
          options: { 'target-tenant': '*', ...input.options, type },
        },
        context,
      );
    },
  };
}
