// The program that tells what a node is plumbed of, with the appliance's reader at its other end, on a real kernel and switch.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { Pipe } from '../../server/appliance/engine/types.ts';
import type { NodePlumbing } from '../../server/appliance/http/types.ts';
import { followNode } from '../../server/appliance/observe/follow-node.ts';
import { readLook } from '../../server/appliance/observe/read-look.ts';
import { run } from '../../server/host/run.ts';
import { machine, ovs } from '../support/machine.ts';
import { root } from '../support/sources.ts';

const program = join(root, 'images/base/files/usr/sbin/node-observe');

/** As the engine runs it: in a session of its own. */
async function converse(): Promise<Pipe> {
  const child = spawn('sh', [program], { detached: true });
  children.push(child.pid!);
  return {
    write: (bytes) => void child.stdin.write(bytes),
    onData: (listener) => void child.stdout.on('data', listener),
    onStderr: (listener) => void child.stderr.on('data', (bytes: Buffer) => listener(bytes.toString())),
    onEnd: (listener) => void child.once('close', () => listener('')),
    pause: () => void child.stdout.pause(),
    resume: () => void child.stdout.resume(),
    close: () => child.stdin.end(),
  };
}

let children: number[];
let looks: NodePlumbing[];
let lost: number;
let following: ReturnType<typeof followNode>;

beforeEach(() => {
  [children, looks, lost] = [[], [], 0];
  following = followNode({
    converse,
    onLook: (line) => looks.push(readLook('node', ['eth0'], line)) > 0,
    onLost: () => lost++,
  });
});
afterEach(() => following.stop());

const soon = (assertion: () => void) => vi.waitFor(assertion, { timeout: 30_000, interval: 50 });
const last = () => looks.at(-1)!;
const device = (id: string) => last().devices.find((one) => one.id === id);
const namespaces = () => last().namespaces.map(({ name }) => name);

it('tells of a namespace that is made and one that is deleted by hand', async () => {
  await soon(() => expect(looks).not.toHaveLength(0));
  await run(['ip', 'netns', 'add', 'qrouter-x']);
  await soon(() => expect(namespaces()).toContain('qrouter-x'));
  await run(['ip', 'netns', 'delete', 'qrouter-x']);
  await soon(() => expect(namespaces()).not.toContain('qrouter-x'));
});

it('tells of addresses, links and cables inside a namespace and finds both ends of a veth', async () => {
  await using inside = await machine({ name: 'qdhcp-x', address: '192.168.1.2/24' });
  await soon(() => expect(device('qdhcp-x/eth0')?.addresses).toEqual(['192.168.1.2/24']));
  expect(device('qdhcp-x/eth0')).toMatchObject({ peer: inside.device, state: 'up', kind: 'veth' });
  expect(device(inside.device)).toMatchObject({ peer: 'qdhcp-x/eth0' });
  await run(['ip', 'link', 'set', inside.device, 'down']);
  await soon(() => expect(device('qdhcp-x/eth0')?.state).toBe('no-carrier'));
  await inside.run(['ip', 'address', 'add', '192.168.1.3/24', 'dev', 'eth0']);
  await soon(() => expect(device('qdhcp-x/eth0')?.addresses).toContain('192.168.1.3/24'));
});

it('tells of ports, tags and patches of Open vSwitch, also after it was started again', async () => {
  await using vswitch = await ovs();
  await run(['ovs-vsctl', 'add-br', 'br-int', '--', 'set', 'bridge', 'br-int', 'datapath_type=netdev']);
  await soon(() => expect(last().bridges).toMatchObject([{ name: 'br-int', kind: 'openvswitch' }]));
  const internal = ['--', 'set', 'interface', 'tap1', 'type=internal'];
  await run(['ovs-vsctl', 'add-port', 'br-int', 'tap1', 'tag=5', ...internal]);
  await soon(() => expect(device('tap1')).toMatchObject({ kind: 'internal', bridge: 'br-int', tag: 5 }));
  // Nothing but the database tells of these.
  await run(['ovs-vsctl', 'set', 'port', 'tap1', 'tag=6']);
  await soon(() => expect(device('tap1')?.tag).toBe(6));
  const patch = ['--', 'set', 'interface', 'patch-a', 'type=patch', 'options:peer=patch-b'];
  await run(['ovs-vsctl', 'add-port', 'br-int', 'patch-a', ...patch]);
  await soon(() => expect(device('patch-a')).toMatchObject({ kind: 'patch', peer: 'patch-b' }));

  await vswitch.restartDatabase();
  await vswitch.restartSwitch();
  await run(['ovs-vsctl', 'set', 'port', 'tap1', 'tag=7']);
  await soon(() => expect(device('tap1')?.tag).toBe(7));
  expect(lost).toBe(0);
});

it('starts over when it is killed, and leaves no process when nobody asks any more', async () => {
  await soon(() => expect(looks).not.toHaveLength(0));
  process.kill(-children[0]!, 'SIGKILL');
  await soon(() => expect(lost).toBe(1));
  const before = looks.length;
  await soon(() => expect(looks.length).toBeGreaterThan(before));
  following.stop();
  const own = async () =>
    (await run(['ps', '-o', 'pid=', '-g', children.join(',')], { okCodes: [0, 1] })).stdout;
  await vi.waitFor(async () => expect((await own()).trim()).toBe(''), { timeout: 30_000, interval: 50 });
});

it('sleeps while nothing changes', async () => {
  await soon(() => expect(looks).not.toHaveLength(0));
  await new Promise((resolve) => setTimeout(resolve, 1_500));
  const before = looks.length;
  await new Promise((resolve) => setTimeout(resolve, 1_500));
  expect(looks).toHaveLength(before);
});
