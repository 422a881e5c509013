// Putting service profiles to flavors and taking them away.
import type { Command } from '../command/program.ts';
import { findIdOf } from './find.ts';

const positionals = [
  { name: 'flavor', help: 'ID or name of the flavor' },
  { name: 'flavor_profile', help: 'ID of the service profile' },
] as const;

const associate: Command = {
  name: 'flavor-associate',
  help: 'Associate a Neutron service flavor with a flavor profile.',
  hasOutput: false,
  positionals,
  async run({ positionals: words }, { session, say }) {
    const flavor = await findIdOf(session, 'flavor', words.flavor!);
    const id = await findIdOf(session, 'service_profile', words.flavor_profile!);
    const path = `/v2.0/flavors/${flavor}/service_profiles`;
    await session.request('network', { method: 'POST', path, body: { service_profile: { id } } });
    say(`Associated flavor ${words.flavor!} with flavor_profile ${words.flavor_profile!}`);
    return undefined;
  },
};

const disassociate: Command = {
  name: 'flavor-disassociate',
  help: 'Disassociate a Neutron service flavor from a flavor profile.',
  hasOutput: false,
  positionals,
  async run({ positionals: words }, { session, say }) {
    const flavor = await findIdOf(session, 'flavor', words.flavor!);
    const id = await findIdOf(session, 'service_profile', words.flavor_profile!);
    const path = `/v2.0/flavors/${flavor}/service_profiles/${id}`;
    await session.request('network', { method: 'DELETE', path });
    say(`Disassociated flavor_profile ${words.flavor_profile!} from flavor ${words.flavor!}`);
    return undefined;
  },
};

export const flavorCommands: readonly Command[] = [associate, disassociate];
