// The Networking server of the tests as a process of its own, to be killed: `node store-server.ts DATABASE_URL`. Prints its URL.
import { sendOwedMessages } from '../../server/cloud/networking/perform.ts';
import { networkingServer } from './networking.ts';
import { settingsOfRace } from './race.ts';

const server = await networkingServer({ url: process.argv[2]!, settings: settingsOfRace });
await sendOwedMessages(server.env);
// an agent to tell, so that every change owes messages
await server.agentsOn('network1');
process.stdout.write(`${server.url}\n`);
// it goes with whoever started it
process.stdin.on('end', () => process.exit(0)).resume();
