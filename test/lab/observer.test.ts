// What the console sees of a running lab without being asked to look: what the API makes, what hands delete, what dies.
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { readLab } from '../../server/appliance/catalog/read-lab.ts';
import { afterLook } from '../../server/appliance/console/lab-view.ts';
import type { RunningLab } from '../../server/appliance/http/deps.ts';
import { listLabs } from '../../server/appliance/labs/list.ts';
import { createObserver, type Observer } from '../../server/appliance/observe/observer.ts';
import type { ProofLab } from '../../server/appliance/proof/deps.ts';
import { labPlatform } from '../support/lab-platform.ts';

let lab: ProofLab;
let known: RunningLab;
let observer: Observer;

beforeAll(async () => {
  const { engine, platform, labsFolder } = await labPlatform('test-observer');
  const signal = new AbortController().signal;
  const entry = await readLab(labsFolder, 'ovs-vlan-one-tenant');
  lab = await platform.start(entry, { signal, onProgress: () => undefined });
  const [status] = await listLabs(engine, lab.id);
  known = afterLook(undefined, status!, { title: entry.title });
  observer = createObserver({ engine, log: { error: () => undefined }, onChange: () => undefined });
  observer.follow(lab.id, known);
});
afterAll(async () => {
  observer?.close();
  await lab?.destroy();
});

const seen = () => observer.withSeen(known);
const namespaces = (node: string) =>
  seen()
    .plumbing?.find((one) => one.node === node)
    ?.namespaces.map(({ title }) => title) ?? [];
const soon = (assertion: () => void) => vi.waitFor(assertion, { timeout: 15_000, interval: 50 });
const run = async (node: string, ...argv: string[]) => {
  const { code, stderr } = await lab.runInNode(node, argv);
  expect(stderr + code).toBe('0');
};
const asDemo = (commands: string) =>
  run('controller', 'bash', '-c', `. /root/openrc-demo && { ${commands}; } >/dev/null 2>&1`);

it('tells of every node', async () => {
  await soon(() => expect(seen().plumbing?.map(({ node }) => node)).toEqual([...lab.nodeNames].sort()));
});

it('shows a router under its name when it is made, until it is deleted', async () => {
  await asDemo('neutron router-create seen');
  await soon(() => expect(namespaces('network')).toContain('seen'));
  await asDemo('neutron router-delete seen');
  await soon(() => expect(namespaces('network').filter((title) => /seen|qrouter/.test(title))).toEqual([]));
});

it('shows a namespace that hands make, until they delete it', async () => {
  await run('network', 'ip', 'netns', 'add', 'mine');
  await soon(() => expect(namespaces('network')).toContain('mine'));
  await run('network', 'ip', 'netns', 'delete', 'mine');
  await soon(() => expect(namespaces('network')).not.toContain('mine'));
});

it('follows an instance from its boot to the death of its process', async () => {
  await asDemo(
    'neutron net-create n && neutron subnet-create n 10.9.0.0/24 && nova boot --image cirros --flavor m1.tiny --nic net-id=$(neutron net-show -f value -F id n) vm',
  );
  await soon(() => expect(seen().instances).toMatchObject([{ name: 'vm', status: 'ACTIVE' }]));
  const { node = '' } = seen().instances[0]!;
  const guest = () => seen().plumbing?.find((one) => one.node === node)?.guests[0];
  await soon(() => expect(guest()).toMatchObject({ title: 'vm', isRunning: true }));
  await run(node, 'sh', '-c', "kill -KILL $(guest-list | awk '{ print $2 }')");
  await soon(() => expect(seen().instances[0]!.status).toBe('SHUTOFF'));
  await soon(() => expect(guest()).toMatchObject({ title: 'vm', isRunning: false }));
});
