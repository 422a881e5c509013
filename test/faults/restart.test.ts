// Nodes die as they do with their engine or machine, and the appliance with them: the lab goes on where it was.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { listLabs } from '../../server/appliance/labs/list.ts';
import { containerName } from '../../server/appliance/labs/names.ts';
import { consoleLabs, type ConsoleLabs } from '../support/console-lab.ts';

const step = 10;
let console: ConsoleLabs;
let id: string;

beforeAll(async () => {
  console = await consoleLabs(['--time', '0']);
  id = await console.startAt('ovs-vlan-one-tenant', step);
});
afterAll(async () => {
  await console?.[Symbol.asyncDispose]();
});

const killNodes = async () => {
  const [lab] = await listLabs(console.engine, id);
  await Promise.all(lab!.nodes.map(({ name }) => console.engine.killContainer(containerName(id, name))));
};

it('starts the nodes again by itself, the controller first, and what was built works as before', async () => {
  // on a busy machine the first node is started again before the last is dead
  const repairing = console.until(id, ({ phase }) => phase === 'repairing');
  await killNodes();
  await repairing;
  const lab = await console.until(id, ({ phase }) => phase === 'ready');
  expect(lab.nodes.map(({ phase }) => phase)).toEqual(Array(5).fill('ready'));
  expect(await console.check(id, step)).toMatchObject({ verdict: 'passed' });
});

it('does so too when it was dead itself, and remembers what had passed', async () => {
  await killNodes();
  await console.cutPower();
  await console.until(id, ({ phase }) => phase === 'ready');
  expect(await console.check(id, step)).toMatchObject({ verdict: 'passed' });
  const { steps } = await console.until(id, () => true);
  expect(steps.slice(0, step).filter(({ passedAt }) => passedAt === undefined)).toEqual([]);
});
