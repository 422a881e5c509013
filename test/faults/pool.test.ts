// Labs that are ready before the click, and labs that wait for room.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { connectEngine } from '../../server/appliance/engine/engine.ts';
import { listLabs } from '../../server/appliance/labs/list.ts';
import { consoleLabs, type ConsoleLabs } from '../support/console-lab.ts';

const entry = 'ovs-vlan-one-tenant';
let console: ConsoleLabs;
let taken: string;

beforeAll(async () => {
  // Labs of others on this machine count, too.
  const others = await listLabs(await connectEngine(process.env));
  const most = others.filter(({ isWarm }) => !isWarm).length + 1;
  console = await consoleLabs(['--time', '0', '--warm', '1', '--most-labs', String(most)]);
});
afterAll(async () => {
  await console?.[Symbol.asyncDispose]();
});

const warmLabs = async () =>
  (await listLabs(console.engine))
    .filter(({ isWarm, name }) => isWarm && name.startsWith(entry))
    .map(({ name }) => name);
const untilWarm = () =>
  expect.poll(() => console.state().warm?.[entry], { timeout: 120_000, interval: 100 }).toBe(1);

it('gives a lab away that was made before anybody asked, and makes another', async () => {
  await untilWarm();
  const warm = await warmLabs();
  expect(console.state().labs.filter(({ id }) => warm.includes(id))).toEqual([]);
  const clicked = performance.now();
  ({ id: taken } = await console.start(entry));
  await console.until(taken, ({ phase }) => phase === 'ready');
  process.stdout.write(`click to a warm lab: ${Math.round(performance.now() - clicked)} ms\n`);
  expect(warm, console.appliance.said()).toContain(taken);
  expect(await warmLabs()).not.toContain(taken);
  expect(await console.check(taken, 1)).toMatchObject({ verdict: 'failed' });
});

it('lets a lab wait with its place and the reason, and starts it by itself when there is room', async () => {
  const { id } = await console.start(entry);
  // A warm one would be at hand, were it not for the bound: it is nobody's lab yet.
  const waiting = await console.until(id, ({ phase }) => phase !== 'starting');
  expect(waiting).toMatchObject({ phase: 'queued', queue: { position: 1, length: 1 } });
  expect(waiting.queue!.reason).toMatch(/^No more than (one|\d+) labs? may run at once here\.$/);
  await console.client.ask('DELETE', `/api/labs/${taken}`);
  await console.until(
    id,
    ({ phase, nodes }) => phase === 'ready' || nodes.some((node) => node.phase === 'starting'),
  );
  await console.client.ask('DELETE', `/api/labs/${id}`);
  await expect.poll(() => console.state().labs.some((lab) => lab.id === id), { timeout: 60_000 }).toBe(false);
});

it('finds its warm labs again after a power cut, and replaces one that died', async () => {
  await untilWarm();
  const [kept] = await warmLabs();
  await console.cutPower();
  await untilWarm();
  expect(await warmLabs()).toEqual([kept]);
  await console.engine.killContainer(`patchbay-${kept}-network`);
  await expect.poll(warmLabs, { timeout: 60_000 }).not.toContain(kept);
});
