// The engine's events over a real socket, from an engine that ends and comes back.
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server, type ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Docker from 'dockerode';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { followEvents } from '../../../../server/appliance/engine/events.ts';
import type { ContainerEvent } from '../../../../server/appliance/engine/types.ts';

let folder: string;
let engine: FakeEngine | undefined;

interface FakeEngine {
  /** Those who follow it now. */
  followers: Set<ServerResponse>;
  /** What it lists of each container that it has. */
  states: Map<string, string>;
  tell(name: string, action: string): void;
  end(): Promise<void>;
}

/** Answers /events as an engine does, a JSON line per event, and lists containers. */
async function startEngine(): Promise<FakeEngine> {
  const followers = new Set<ServerResponse>();
  const states = new Map<string, string>();
  const server: Server = createServer((request, response) => {
    if (request.url?.includes('/containers/json') === true) {
      const { filters } = Object.fromEntries(new URL(request.url, 'http://engine').searchParams);
      const [name = ''] = (JSON.parse(filters ?? '{}') as { name?: string[] }).name ?? [];
      const found = [...states].filter(([one]) => new RegExp(name).test(`/${one}`));
      return void response.end(JSON.stringify(found.map(([, State]) => ({ State }))));
    }
    response.writeHead(200, { 'content-type': 'application/json' }).flushHeaders();
    followers.add(response);
    response.on('close', () => followers.delete(response));
  });
  await new Promise<void>((resolve) => server.listen(join(folder, 'socket'), resolve));
  return {
    followers,
    states,
    tell: (name, action) => {
      const line = JSON.stringify({ Action: action, Actor: { Attributes: { name, lab: 'one' } } });
      for (const response of followers) response.write(`${line}\n`);
    },
    end: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'patchbay-events-'));
  engine = await startEngine();
});
afterEach(async () => {
  await engine?.end();
  await rm(folder, { recursive: true });
});

const docker = () => new Docker({ socketPath: join(folder, 'socket') });

it('follows an engine that was restarted again, and says that something may have been missed', async () => {
  const seen: ContainerEvent[] = [];
  let timesAgain = 0;
  const stop = await followEvents(docker(), 'lab', (event) => seen.push(event), () => (timesAgain += 1)); // prettier-ignore
  engine!.tell('network', 'die');
  await expect.poll(() => seen).toEqual([{ name: 'network', action: 'die', labels: { lab: 'one' } }]);
  await engine!.end();
  engine = await startEngine();
  await expect.poll(() => timesAgain, { timeout: 5_000 }).toBe(1);
  engine.tell('network', 'start');
  await expect.poll(() => seen.map(({ action }) => action)).toEqual(['die', 'start']);
  stop();
  await expect.poll(() => engine!.followers.size).toBe(0);
});

it('tells of an end when the engine lists it, and of a start after it', async () => {
  const seen: string[] = [];
  const stop = await followEvents(docker(), 'lab', ({ name, action }) => seen.push(`${name} ${action}`));
  const { states, tell } = engine!;
  states.set('compute1', 'running').set('compute2', 'running');
  tell('compute1', 'die');
  tell('compute2', 'die');
  tell('compute1', 'exec_die');
  await expect.poll(() => seen).toEqual(['compute1 exec_die']);
  await new Promise((resolve) => setTimeout(resolve, 200));
  expect(seen).toEqual(['compute1 exec_die']);
  states.set('compute1', 'exited');
  await expect.poll(() => seen).toEqual(['compute1 exec_die', 'compute1 die']);
  tell('compute2', 'start');
  await expect.poll(() => seen.slice(2)).toEqual(['compute2 die', 'compute2 start']);
  stop();
});

it('once stopped it does not come back', async () => {
  let timesAgain = 0;
  const stop = await followEvents(docker(), 'lab', () => undefined, () => (timesAgain += 1)); // prettier-ignore
  await engine!.end();
  stop();
  engine = await startEngine();
  await new Promise((resolve) => setTimeout(resolve, 600));
  expect([timesAgain, engine.followers.size]).toEqual([0, 0]);
});

it('an engine that is not there to begin with is an error', async () => {
  await engine!.end();
  engine = undefined;
  await expect(followEvents(docker(), 'lab', () => undefined)).rejects.toThrow('Following the engine');
});
