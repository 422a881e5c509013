// neutron: the command line of the Networking API, its resource commands derived from the declarations.
import { resources } from '../model/index.ts';
import { neutronStyle } from './command/output.ts';
import { runAsProcess, type Program } from './command/program.ts';
import { agentCommands } from './neutron/agent-commands.ts';
import { computedCommands } from './neutron/computed-commands.ts';
import { flavorCommands } from './neutron/flavor-commands.ts';
import { otherCommands } from './neutron/other-commands.ts';
import { withFoundObject } from './neutron/rbac-command.ts';
import { commandsOf } from './neutron/resource-commands.ts';
import { routerCommands } from './neutron/router-commands.ts';
import { tagCommands } from './neutron/tag-commands.ts';
import { topologyCommands } from './neutron/topology-commands.ts';

export const neutron: Program = {
  name: 'neutron',
  help: 'Command-line interface to the Neutron APIs',
  style: neutronStyle,
  commands: [
    ...resources.flatMap(commandsOf).map(withFoundObject),
    ...routerCommands,
    ...agentCommands,
    ...tagCommands,
    ...flavorCommands,
    ...computedCommands,
    ...topologyCommands,
    ...otherCommands,
  ],
};

export const main = (argv: string[]): Promise<void> => runAsProcess(neutron, argv);
