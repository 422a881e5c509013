// patchbay openrc: credentials for real OpenStack clients on this machine.
import { Option, type Command } from 'commander';
import { hostRegion, publishHostRegion, readOpenrc } from '../labs/host-region.ts';
import { getLab, openEngine } from './ready-engine.ts';

export function addOpenrc(program: Command): void {
  program
    .command('openrc')
    .description('print the credentials of a lab for OpenStack clients on this machine')
    .argument('<lab>', 'name of a running lab')
    .addOption(new Option('--user <name>', 'whose').choices(['admin', 'demo']).default('admin'))
    .addHelpText('after', '\nExample:\n  eval "$(patchbay openrc play)" && openstack network list')
    .action(async (name: string, { user }: { user: string }) => {
      const engine = await openEngine();
      const lab = await getLab(engine, name);
      const credentials = await readOpenrc(engine, lab.name, user);
      await publishHostRegion(engine, lab);
      const here = {
        ...credentials,
        OS_AUTH_URL: `${lab.endpoints.identity}/v3`,
        OS_REGION_NAME: hostRegion,
      };
      for (const [variable, value] of Object.entries(here))
        process.stdout.write(`export ${variable}=${value}\n`);
    });
}
