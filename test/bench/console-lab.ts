// A lab as a browser has it: started, changed and checked over the console's own API, its state as pushed.
import type { LabState, StepState } from '../../server/appliance/http/types.ts';
import { terminalOf, type ConsoleClient, type TerminalClient } from '../support/console-client.ts';
import { followConsole, type FollowedConsole, type Wait } from '../support/follow-console.ts';

export interface BenchConsole extends FollowedConsole {
  client: ConsoleClient;
  /** Sends a request and answers with the body; throws with the appliance's words on a refusal. */
  send<Body>(method: string, path: string, body?: unknown): Promise<Body>;
}

/** Follows the console's events; resolves when the first snapshot is there. */
export async function openBenchConsole(client: ConsoleClient): Promise<BenchConsole> {
  return {
    ...(await followConsole(client)),
    client,
    async send<Body>(method: string, path: string, body?: unknown) {
      const answer = await client.ask(method, path, body === undefined ? {} : { body });
      if (answer.status >= 400) throw new Error(`${method} ${path} answers ${answer.status}: ${answer.text}`);
      return answer.body as Body;
    },
  };
}

const isReady = (lab: LabState) => lab.phase === 'ready';

/** Starts a lab of a folder and waits until it is ready, also in the line of others. */
export async function startLab(
  console: BenchConsole,
  entry: string,
  wait: Wait = {},
): Promise<{ id: string; ms: number }> {
  const began = performance.now();
  const { id } = await console.send<LabState>('POST', '/api/labs', { entry });
  await console.until(id, isReady, wait);
  return { id, ms: performance.now() - began };
}

/** Asks for a change of the whole lab (`reset`, `bring`) and waits until it is ready again. */
export async function change(
  console: BenchConsole,
  lab: string,
  verb: string,
  body?: unknown,
): Promise<number> {
  const began = performance.now();
  await console.send('POST', `/api/labs/${lab}/${verb}`, body ?? {});
  await console.until(lab, (state) => !isReady(state));
  await console.until(lab, isReady);
  return performance.now() - began;
}

/** Presses Check; how long the verdict took. */
export async function check(
  console: BenchConsole,
  lab: string,
  step: number,
): Promise<{ state: StepState; ms: number }> {
  const began = performance.now();
  const state = await console.send<StepState>('POST', `/api/labs/${lab}/steps/${step}/check`);
  return { state, ms: performance.now() - began };
}

export async function endLab(console: BenchConsole, lab: string): Promise<void> {
  await console.send('DELETE', `/api/labs/${lab}`);
  await console.untilGone(lab);
}

/** A terminal at a place, attached as a browser's tab is: it says what it has drawn. */
export async function openTerminal(
  console: BenchConsole,
  lab: string,
  place: string,
): Promise<TerminalClient> {
  const body = { place, columns: 120, rows: 40 };
  const { id } = await console.send<{ id: string }>('POST', `/api/labs/${lab}/terminals`, body);
  const terminal = terminalOf(
    console.client.connect(`/api/labs/${lab}/terminals/${id}?viewer=bench-${id}&after=0`),
  );
  terminal.socket.on('message', (_data: Buffer, isBinary: boolean) => {
    if (isBinary) terminal.request({ type: 'acknowledge', offset: terminal.offset() });
  });
  await terminal.seen(({ messages }) => messages.length > 0);
  return terminal;
}
