// Serves a lab in every state at once, to click through: node test/support/demo-states.ts [PORT]
import { serveStates } from './state-console.ts';
import { everyState } from './states/every-state.ts';
import { firstLabShown } from './states/first-lab.ts';

const shown = await firstLabShown();
const labs = everyState(shown.source).map(({ name, lab }) => ({ ...lab, id: name }));
const { url } = await serveStates({ ...shown, labs }, Number(process.argv[2] ?? 0));
process.stdout.write(`${url}\n`);
