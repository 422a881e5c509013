// Which agent serves which network or router, and moving them by hand.
import type { Command } from '../command/program.ts';
import type { Session } from '../session.ts';
import { findIdOf } from './find.ts';
import { tableOf } from './resource-commands.ts';
import { findResourceNamed } from './resources.ts';

type Rows = Record<string, Record<string, unknown>[]>;

const get = async (session: Session, path: string) =>
  (await session.request<Rows>('network', { method: 'GET', path: `/v2.0/${path}` })).body;

/** What differs between DHCP agents with networks and L3 agents with routers. */
const kinds = [
  {
    kind: 'dhcp-agent',
    title: 'DHCP agent',
    held: 'network',
    noun: 'net',
    addVerb: 'network',
    below: 'dhcp-networks',
    above: 'dhcp-agents',
  },
  {
    kind: 'l3-agent',
    title: 'L3 agent',
    held: 'router',
    noun: 'router',
    addVerb: 'router',
    below: 'l3-routers',
    above: 'l3-agents',
  },
] as const;

function commandsFor({ kind, title, held, noun, addVerb, below, above }: (typeof kinds)[number]): Command[] {
  const resource = findResourceNamed(held);
  const agent = { name: kind.replace('-', '_'), help: `ID of the ${title}` };
  const thing = { name: held, help: `ID or name of the ${held}` };
  return [
    {
      name: `${kind}-${addVerb}-add`,
      help: `Add a ${held} to a ${title}.`,
      hasOutput: false,
      positionals: [agent, thing],
      async run({ positionals }, { session, say }) {
        const id = await findIdOf(session, held, positionals[held]!);
        await session.request('network', {
          method: 'POST',
          path: `/v2.0/agents/${positionals[agent.name]!}/${below}`,
          body: { [`${held}_id`]: id },
        });
        say(`Added ${held} ${positionals[held]!} to ${title}`);
        return undefined;
      },
    },
    {
      name: `${kind}-${addVerb}-remove`,
      help: `Remove a ${held} from a ${title}.`,
      hasOutput: false,
      positionals: [agent, thing],
      async run({ positionals }, { session, say }) {
        const id = await findIdOf(session, held, positionals[held]!);
        const path = `/v2.0/agents/${positionals[agent.name]!}/${below}/${id}`;
        await session.request('network', { method: 'DELETE', path });
        say(`Removed ${held} ${positionals[held]!} from ${title}`);
        return undefined;
      },
    },
    {
      name: `${noun}-list-on-${kind}`,
      help: `List the ${held}s on a ${title}.`,
      positionals: [agent],
      async run({ positionals }, { session }) {
        const body = await get(session, `agents/${positionals[agent.name]!}/${below}`);
        return tableOf(session, resource, body[resource.plural] ?? []);
      },
    },
    {
      name: `${kind}-list-hosting-${noun}`,
      help: `List ${title}s hosting a ${held}.`,
      positionals: [thing],
      async run({ positionals }, { session }) {
        const id = await findIdOf(session, held, positionals[held]!);
        const body = await get(session, `${resource.path}/${id}/${above}`);
        const table = await tableOf(session, findResourceNamed('agent'), body.agents ?? []);
        const isReplicated = (body.agents ?? []).some(({ ha_state }) => typeof ha_state === 'string');
        const columns = ['id', 'host', 'admin_state_up', 'alive', ...(isReplicated ? ['ha_state'] : [])];
        return { ...table, columns: table.columns.length === 0 ? [] : columns };
      },
    },
  ];
}

export const agentCommands: readonly Command[] = kinds.flatMap(commandsFor);
