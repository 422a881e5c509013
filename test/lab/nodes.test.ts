// Five nodes come up, are wired, see nothing of the world, and leave nothing behind.
import { execFileSync, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { connectEngine, type Engine } from '../../server/appliance/engine/engine.ts';
import { createLab } from '../../server/appliance/labs/create.ts';
import { destroyLab } from '../../server/appliance/labs/destroy.ts';
import type { LabEvent } from '../../server/appliance/labs/events.ts';
import { LabExists, LabStartFailed } from '../../server/appliance/labs/failures.ts';
import { listLabs } from '../../server/appliance/labs/list.ts';
import { containerName, guestName } from '../../server/appliance/labs/names.ts';
import { defaultSpec } from '../../server/appliance/labs/spec.ts';
import { setCable } from '../../server/appliance/labs/wires.ts';
import { exec } from '../../server/appliance/labs/exec.ts';
import { folders } from '../../server/appliance/set-up/folders.ts';
import { leftOvers, startNodes, takeNic, type Nodes } from '../support/nodes.ts';

let engine: Engine;
let nodes: Nodes;
const started = defaultSpec('test-nodes');
const program = join(import.meta.dirname, '../../server/main.ts');
const silent = { onEvent: () => undefined, isCloudAwaited: false, imagesFolder: folders.images };

beforeAll(async () => {
  engine = await connectEngine(process.env);
  nodes = await startNodes(engine, started);
});
afterAll(async () => {
  await nodes?.[Symbol.asyncDispose]();
});

it('brings up a controller, a network node, two compute nodes and the outside, and tells of each', async () => {
  const [lab] = await listLabs(engine, started.name);
  expect(lab?.nodes.map(({ name, state }) => `${name} ${state}`).sort()).toEqual(
    ['compute1', 'compute2', 'controller', 'network', 'outside'].map((name) => `${name} running`),
  );
  const wired = nodes.events.flatMap((event) =>
    event.kind === 'node' && event.phase === 'wired' ? [event.node] : [],
  );
  expect(wired.sort()).toEqual(['compute1', 'compute2', 'controller', 'network', 'outside']);
});

it('gives NICs the names of the guide and hides how they are wired', async () => {
  const nics = JSON.parse(await nodes.run('network', 'ip', '-j', 'link')) as { ifname: string }[];
  const names = nics.map(({ ifname }) => ifname);
  expect(names).toEqual(expect.arrayContaining(['mgmt0', 'eth0', 'eth1']));
  expect(names.filter((name) => /vxlan|wire|far-/.test(name))).toEqual([]);
  expect(await nodes.run('network', 'ip', 'netns')).toBe('');
});

it('gives compute nodes one volume of the files that instances boot from, and nobody a volume of their own', async () => {
  const volumesOf = (node: string) => {
    const format = '{{range .Mounts}}{{if eq .Type "volume"}}{{.Name}} {{.RW}}{{"\\n"}}{{end}}{{end}}';
    const argv = ['inspect', '--format', format, containerName(started.name, node)];
    return execFileSync('docker', argv, { encoding: 'utf8' }).trim();
  };
  const shared = `${guestName(nodes.images.guest)} false`;
  const seen = Object.fromEntries(started.nodes.map(({ name }) => [name, volumesOf(name)]));
  expect(seen).toEqual({ controller: '', network: '', outside: '', compute1: shared, compute2: shared });
});

it('lets nodes reach each other by name over the management network', async () => {
  for (const name of ['controller', 'network', 'compute1', 'compute2', 'outside'])
    expect(await nodes.codeOf('compute1', 'ping', '-c1', '-W2', name), name).toBe(0);
});

it.each([[], ['--']])('runs a command with options of its own in a node, after %j', (...divider) => {
  const words = ['shell', started.name, 'network', ...divider, 'sh', '-c', 'hostname; exit 3'];
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, 'patchbay', ...words], {
    encoding: 'utf8',
    timeout: 60_000,
  });
  expect({ status, stdout, stderr }).toEqual({ status: 3, stdout: 'network\n', stderr: '' });
});

it('carries whole frames of 1500 bytes and VLAN tags between the data NICs of compute nodes', async () => {
  await takeNic(nodes, 'compute1', 'eth1', '192.0.2.1/24');
  await takeNic(nodes, 'compute2', 'eth1', '192.0.2.2/24');
  await nodes.run('compute1', 'ping', '-c1', '-W2', '-M', 'do', '-s', '1472', '192.0.2.2');
  const script = [
    'import socket',
    's = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)',
    's.bind(("eth1", 0))',
    's.send(b"\\xff" * 6 + b"\\x02\\0\\0\\0\\0\\1" + b"\\x81\\x00\\x00\\x65" + b"\\x88\\xb5" + b"patchbay" * 8)',
  ].join('\n');
  const capture = nodes.run('compute2', 'timeout', '8', 'tcpdump', '-lnec1', '-i', 'eth1', 'vlan', '101');
  const send = async () => {
    // The capture says nowhere that it has begun, so the frame is sent until it has been seen.
    for (let tries = 0; tries < 20; tries++) {
      await nodes.run('compute1', 'python3', '-c', script);
      if (
        await Promise.race([
          capture.then(() => true),
          new Promise((resolve) => setTimeout(resolve, 200, false)),
        ])
      )
        return;
    }
  };
  await send();
  expect(await capture).toMatch(/02:00:00:00:00:01 > ff:ff:ff:ff:ff:ff.*vlan 101/);
});

it('shows a pulled cable as a NIC without carrier, and carries again when it is put back', async () => {
  const at = { lab: started.name, node: 'compute2', nic: 'eth1' };
  const ping = () => nodes.codeOf('compute1', 'ping', '-c1', '-W1', '192.0.2.2');
  expect(await ping()).toBe(0);
  await setCable(engine, { ...at, isPlugged: false });
  expect(await nodes.run('compute2', 'ip', 'link', 'show', 'eth1')).toContain('NO-CARRIER');
  expect(await ping()).not.toBe(0);
  await setCable(engine, { ...at, isPlugged: true });
  await expect.poll(ping).toBe(0);
});

it('has no way out: no default route, no resolver, and a packet sent by hand is not answered', async () => {
  for (const node of ['controller', 'network', 'compute1', 'outside'])
    expect(await nodes.run(node, 'ip', 'route', 'show', 'default'), node).toBe('');
  expect(await nodes.run('compute1', 'sed', '/^#/d', '/etc/resolv.conf')).toBe('');
  const gateway = (await nodes.run('compute1', 'ip', '-4', '-o', 'addr', 'show', 'mgmt0')).replace(
    /^.* inet (\d+\.\d+\.\d+)\.\d+.*$/s,
    '$1.1',
  );
  await nodes.run('compute1', 'ip', 'route', 'add', '192.0.2.128/25', 'via', gateway);
  expect(await nodes.codeOf('compute1', 'ping', '-c1', '-W1', '192.0.2.254')).not.toBe(0);
});

it('answers on the outside with the address of who asks, and keeps it', async () => {
  await takeNic(nodes, 'network', 'eth0', '10.64.201.7/24');
  await nodes.run('network', 'ip', 'route', 'replace', '203.0.113.0/24', 'via', '10.64.201.254');
  const page = () => exec(engine, started.name, 'network', ['curl', '-s', '-m2', 'http://203.0.113.80/']);
  await expect.poll(async () => (await page()).stdout).toBe('10.64.201.7\n');
  expect(await nodes.run('outside', 'cat', '/var/log/web/access.log')).toContain('10.64.201.7 GET /');
  const name = await nodes.run('network', 'dig', '+short', '+time=2', '@203.0.113.53', 'www.example.com');
  expect(name).toBe('203.0.113.80\n');
});

it('brings back a service that was killed, under the same name', async () => {
  const pid = async () => /pid (\d+)/.exec(await nodes.run('outside', 'service', 'web', 'status'))?.[1];
  await expect.poll(pid).toBeDefined();
  const before = await pid();
  await nodes.run('outside', 'kill', '-9', before!);
  await expect
    .poll(async () => {
      const now = await pid().catch(() => undefined);
      return now !== undefined && now !== before;
    })
    .toBe(true);
});

it('refuses a second lab of the same name and leaves the first alone', async () => {
  const { images } = nodes;
  const signal = new AbortController().signal;
  await expect(createLab(engine, started, { ...silent, images, signal })).rejects.toThrow(LabExists);
  expect((await listLabs(engine, started.name))[0]?.nodes.length).toBe(5);
});

it('leaves nothing behind when a start is interrupted', async () => {
  const interrupt = new AbortController();
  const { images } = nodes;
  const onEvent = (event: { kind: string; phase: string }) => {
    if (event.kind === 'node' && event.phase === 'starting') interrupt.abort(new Error('Stopped by SIGINT'));
  };
  const spec = defaultSpec('test-interrupted');
  await expect(
    createLab(engine, spec, { ...silent, images, onEvent, signal: interrupt.signal }),
  ).rejects.toThrow('SIGINT');
  expect(await leftOvers(engine, spec.name)).toEqual([]);
});

it('says which node did not start and why, and leaves nothing behind', async () => {
  const { images } = nodes;
  const spec = defaultSpec('test-broken');
  spec.nodes.at(-1)!.wires = { 'a-name-too-long-for-a-nic': 'external' };
  const start = createLab(engine, spec, { ...silent, images, signal: new AbortController().signal });
  await expect(start).rejects.toSatisfy(
    (error) => error instanceof LabStartFailed && error.node === 'outside',
  );
  expect(await leftOvers(engine, spec.name)).toEqual([]);
});

it('says which node was killed while it started, at which step, and its last words', async () => {
  const { images } = nodes;
  const spec = defaultSpec('test-killed');
  const onEvent = (event: LabEvent) => {
    if (event.kind === 'node' && event.node === 'network' && event.phase === 'wired')
      execFileSync('docker', ['kill', containerName(spec.name, 'network')]);
  };
  const signal = new AbortController().signal;
  const start = createLab(engine, spec, { ...silent, images, onEvent, signal, isCloudAwaited: true });
  const error = await start.catch((reason: unknown) => reason as LabStartFailed);
  expect(error).toBeInstanceOf(LabStartFailed);
  expect(error).toMatchObject({ node: 'network', logTail: expect.arrayContaining(['patchbay: node is up']) });
  expect((error as LabStartFailed).message).toContain(
    "Node 'network' ended while its services were starting (exit code 137).",
  );
  expect(await leftOvers(engine, spec.name)).toEqual([]);
});

it('says why a start failed even when what was made cannot be removed', async () => {
  const images = { ...nodes.images, compute: 'patchbay/compute:none' };
  const spec = defaultSpec('test-stuck');
  const stuck = { ...engine, removeContainer: () => Promise.reject(new Error('the engine hangs')) };
  const start = createLab(stuck, spec, { ...silent, images, signal: new AbortController().signal });
  await expect(start).rejects.toThrow(
    /patchbay\/compute:none[^]*could not be removed: the engine hangs\. .*patchbay down test-stuck/,
  );
  await destroyLab(engine, spec.name);
  expect(await leftOvers(engine, spec.name)).toEqual([]);
});

it('says that an image is missing', async () => {
  const images = { ...nodes.images, compute: 'patchbay/compute:none' };
  const spec = defaultSpec('test-imageless');
  const start = createLab(engine, spec, { ...silent, images, signal: new AbortController().signal });
  await expect(start).rejects.toThrow(/patchbay\/compute:none/);
  expect(await leftOvers(engine, spec.name)).toEqual([]);
});

it('leaves nothing of a lab that is taken down', async () => {
  expect((await leftOvers(engine, started.name)).length).toBe(6);
  await nodes[Symbol.asyncDispose]();
  expect(await leftOvers(engine, started.name)).toEqual([]);
});
