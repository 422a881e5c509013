// Serves the console over the demo labs, to look at the page without containers: node test/support/demo-console.ts [PORT]
import { serveConsole } from '../../server/appliance/http/console.ts';
import { temporaryJourneys } from './console-client.ts';
import { createDemoLabs } from './demo-labs.ts';

const labs = createDemoLabs(400);
const journeys = (labs.journeys = await temporaryJourneys());
const print = (message: string) => process.stdout.write(`${message}\n`);
const running = await serveConsole({
  port: Number(process.argv[2] ?? 0),
  labs,
  checks: labs,
  journeys,
  log: { info: print, error: print },
});
print(running.oneTimeLink());
