// One lab in an appliance of its own, for tests that break labs, nodes and appliances: followed by its events.
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Engine } from '../../server/appliance/engine/engine.ts';
import { connectEngine } from '../../server/appliance/engine/engine.ts';
import type { LabState, StepState } from '../../server/appliance/http/types.ts';
import { destroyLab } from '../../server/appliance/labs/destroy.ts';
import { exec } from '../../server/appliance/labs/exec.ts';
import { listLabs } from '../../server/appliance/labs/list.ts';
import { startAppliance, type Appliance } from './appliance.ts';
import { consoleClient, type ConsoleClient } from './console-client.ts';
import { followConsole, type FollowedConsole } from './follow-console.ts';

export interface ConsoleLabs extends AsyncDisposable, Pick<FollowedConsole, 'state' | 'until'> {
  engine: Engine;
  appliance: Appliance;
  client: ConsoleClient;
  start(entry: string): Promise<LabState>;
  /** Starts a lab and brings it to the end of a step; answers with its id once it stands there. */
  startAt(entry: string, step: number): Promise<string>;
  post(path: string, body?: unknown): Promise<void>;
  check(id: string, step: number): Promise<StepState>;
  /** Runs a shell command in a node of a lab. */
  run(id: string, node: string, script: string): Promise<string>;
  /** Ends the appliance as a power cut does and starts it again. */
  cutPower(): Promise<void>;
}

/** Starts an appliance with a state folder of its own; its labs are removed at the end. */
export async function consoleLabs(argv: string[]): Promise<ConsoleLabs> {
  const engine = await connectEngine(process.env);
  const folder = await mkdtemp(join(tmpdir(), 'patchbay-test-'));
  const open = async () => {
    const appliance = await startAppliance({ state: folder, argv });
    const client = await consoleClient(appliance.link);
    return { appliance, client, page: await followConsole(client) };
  };
  let now = await open();
  const state = () => now.page.state();
  const post = async (path: string, body: unknown = {}) => {
    const { status, text } = await now.client.ask('POST', path, { body });
    if (status >= 300) throw new Error(`POST ${path}: ${status} ${text}`);
  };
  const own = new Set<string>();
  // these labs are broken on purpose
  const until: ConsoleLabs['until'] = (id, isWanted) =>
    now.page.until(id, isWanted, { mayBreak: true }).catch((error: Error) => {
      error.message += `\nThe appliance said:\n${now.appliance.said().split('\n').slice(-15).join('\n')}`;
      throw error;
    });
  const start = async (entry: string) => {
    const { body, status, text } = await now.client.ask('POST', '/api/labs', { body: { entry } });
    if (status !== 202) throw new Error(text);
    own.add((body as LabState).id);
    return body as LabState;
  };
  return {
    engine,
    get appliance() {
      return now.appliance;
    },
    get client() {
      return now.client;
    },
    ...{ state, post, until, start },
    async startAt(entry, step) {
      const { id } = await start(entry);
      await until(id, ({ phase }) => phase === 'ready');
      await post(`/api/labs/${id}/bring`, { step });
      await until(id, ({ phase }) => phase === 'replaying');
      await until(id, ({ phase }) => phase === 'ready');
      return id;
    },
    async check(id, step) {
      const { body, status, text } = await now.client.ask('POST', `/api/labs/${id}/steps/${step}/check`);
      if (status !== 200) throw new Error(text);
      return body as StepState;
    },
    async run(id, node, script) {
      const { code, stdout, stderr } = await exec(engine, id, node, ['sh', '-c', script]);
      if (code !== 0) throw new Error(`${script} on ${node}: code ${code}\n${stderr}`);
      return stdout;
    },
    async cutPower() {
      now.page.close();
      await now.appliance.kill();
      now = await open();
    },
    async [Symbol.asyncDispose]() {
      now.page.close();
      await now.appliance[Symbol.asyncDispose]();
      const { id } = JSON.parse(await readFile(join(folder, 'appliance.json'), 'utf8')) as { id: string };
      const left = (await listLabs(engine)).filter(({ name, warmOf }) => own.has(name) || warmOf === id);
      await Promise.all(left.map(({ name }) => destroyLab(engine, name)));
      await rm(folder, { recursive: true, force: true });
    },
  };
}
