import { expect, it } from 'vitest';
import type { Actual } from '../../../../server/cloud/agents/compute/actual.ts';
import type { Desired } from '../../../../server/cloud/agents/compute/desired.ts';
import { plan, type Memory } from '../../../../server/cloud/agents/compute/plan.ts';
import type { InstanceSpec, VifSpec } from '../../../../server/cloud/model/instance.ts';

const vif = (port_id: string): VifSpec => ({
  port_id,
  network_id: 'net01',
  network_name: 'net01',
  mac_address: 'fa:16:3e:00:00:01',
  mtu: 1500,
  fixed_ips: [],
  preserve_on_delete: false,
});

const spec = (more: Partial<InstanceSpec> = {}): InstanceSpec => ({
  uuid: 'vm01',
  name: 'vm01',
  hostname: 'vm01',
  project_id: 'demo',
  image_id: 'cirros',
  memory_mb: 64,
  disk_gb: 0,
  availability_zone: 'nova',
  wanted: 'running',
  vm_state: 'active',
  task_state: null,
  generation: 1,
  rebuilds: 0,
  requested_networks: [],
  security_group_ids: null,
  network_info: [vif('p1')],
  ...{ disk_from: null, config_drive: null },
  ...more,
});

const running: Actual = {
  hasFolder: true,
  base: '/base',
  hasDisk: true,
  hasNetns: true,
  nics: { p1: 'eth0' },
  plugged: new Map([['p1', 'hybrid']]),
  audible: ['p1'],
  held: [],
  toldNics: undefined,
  guest: { pid: 7, isFrozen: false },
  startedAs: { generation: 1, rebuilds: 0 },
  asksForReboot: false,
};
const bare: Actual = {
  hasFolder: false,
  base: undefined,
  hasDisk: false,
  hasNetns: false,
  nics: {},
  plugged: new Map(),
  audible: [],
  held: [],
  toldNics: undefined,
  guest: undefined,
  startedAs: undefined,
  asksForReboot: false,
};
const fresh: Memory = { isImpatient: false, wasRunning: false };
const seen: Memory = { isImpatient: false, wasRunning: true };

const kinds = (desired: Desired | undefined, actual: Actual, memory = fresh) =>
  plan(desired, actual, memory).map(({ kind }) => kind);
const building = { vm_state: 'building', task_state: 'spawning' };
const port = (status: string) => [{ id: 'p1', status, isOwn: true, isElsewhere: false }];

it('leaves a running instance alone', () => {
  expect(kinds({ spec: spec() }, running, seen)).toEqual([]);
});

it('allocates ports before anything is plugged', () => {
  expect(kinds({ spec: spec({ ...building, network_info: null }) }, bare)).toEqual([
    'find-image',
    'make-disk',
    'allocate-ports',
  ]);
});

it('plugs, and starts only when the ports are ACTIVE', () => {
  const found = { ...bare, hasFolder: true, base: '/base', hasDisk: true };
  const desired = (status: string) => ({ spec: spec(building), ports: port(status) });
  expect(kinds(desired('DOWN'), found)).toEqual(['make-netns', 'plug-vif', 'wait-for-ports']);
  const plugged = { ...running, guest: undefined, startedAs: undefined };
  expect(kinds(desired('DOWN'), plugged)).toEqual(['wait-for-ports']);
  expect(kinds(desired('ACTIVE'), plugged)).toEqual(['start-guest']);
  expect(kinds(desired('DOWN'), plugged, { ...fresh, isImpatient: true })).toEqual(['start-guest']);
});

it('starts an instance again after its node came up', () => {
  const afterBoot = { ...bare, hasFolder: true, base: '/base' };
  expect(kinds({ spec: spec() }, afterBoot)).toEqual(['make-disk', 'make-netns', 'plug-vif', 'start-guest']);
});

it('leaves a guest off that switched itself off, and starts one that rebooted', () => {
  const ended = { ...running, guest: undefined };
  expect(kinds({ spec: spec() }, ended, seen)).toEqual([]);
  expect(kinds({ spec: spec() }, { ...ended, asksForReboot: true }, seen)).toEqual(['start-guest']);
});

it('starts anew for a reboot, with a new disk for a rebuild', () => {
  expect(kinds({ spec: spec({ generation: 2 }) }, running, seen)).toEqual(['kill-guest', 'start-guest']);
  expect(kinds({ spec: spec({ generation: 2, rebuilds: 1 }) }, running, seen)).toEqual([
    'kill-guest',
    'remove-disk',
    'find-image',
    'make-disk',
    'start-guest',
  ]);
});

it('freezes, thaws and stops', () => {
  const frozen = { ...running, guest: { pid: 7, isFrozen: true } };
  expect(kinds({ spec: spec({ wanted: 'paused' }) }, running, seen)).toEqual(['freeze-guest']);
  expect(kinds({ spec: spec({ wanted: 'paused' }) }, frozen, seen)).toEqual([]);
  expect(kinds({ spec: spec() }, frozen, seen)).toEqual(['thaw-guest']);
  const stopped = { spec: spec({ wanted: 'stopped' }) };
  expect(kinds(stopped, running, seen)).toEqual(['kill-guest', 'silence-ports']);
  expect(kinds(stopped, { ...running, guest: undefined }, seen)).toEqual(['silence-ports']);
  expect(kinds(stopped, { ...running, guest: undefined, audible: [] }, seen)).toEqual([]);
});

it('names a new interface after the lowest free number', () => {
  const [step] = plan({ spec: spec({ network_info: [vif('p1'), vif('p2')] }) }, running, seen);
  expect(step).toMatchObject({ kind: 'plug-vif', nic: 'eth1', vif: { port_id: 'p2' } });
  const gone = {
    ...running,
    nics: { p0: 'eth0', p1: 'eth1' },
    plugged: new Map([
      ['p0', 'hybrid'],
      ['p1', 'hybrid'],
    ] as const),
  };
  expect(kinds({ spec: spec() }, gone, seen)).toEqual(['unplug-vif']);
});

it('takes everything away, then gives the ports back', () => {
  const desired = { spec: spec({ wanted: 'deleted', task_state: 'deleting' }), ports: port('ACTIVE') };
  const whole = ['kill-guest', 'unplug-vif', 'remove-netns', 'remove-disk', 'remove-folder'];
  expect(kinds(desired, running, seen)).toEqual([...whole, 'release-ports']);
  expect(kinds(undefined, running, seen)).toEqual(whole);
  expect(kinds(undefined, bare)).toEqual([]);
});

it('fetches the disk of an instance that moves here, then its ports, then starts it', () => {
  const moving = spec({ task_state: 'resize_migrating', disk_from: 'compute2', generation: 2 });
  const there = [{ id: 'p1', status: 'DOWN', isOwn: true, isElsewhere: true }];
  expect(kinds({ spec: moving, ports: there }, bare)).toEqual(['find-image', 'fetch-disk', 'bind-ports']);
  const arrived = { ...bare, hasFolder: true, base: '/base', hasDisk: true };
  expect(kinds({ spec: moving, ports: port('DOWN') }, arrived)).toEqual([
    'make-netns',
    'plug-vif',
    'start-guest',
  ]);
});

it('keeps the disk of an instance that has moved away, and nothing else', () => {
  const kept = { spec: spec({ wanted: 'kept' }) };
  expect(kinds(kept, running, seen)).toEqual(['kill-guest', 'unplug-vif']);
  expect(kinds(kept, { ...running, guest: undefined, nics: {}, plugged: new Map() })).toEqual([]);
});

const arriving = { wanted: 'arriving', disk_from: 'compute1', task_state: 'migrating' } as const;
const told = { p1: { nic: 'eth1', index: 3 } };

it('asks for the interfaces of what arrives before it plugs them under the same names, and holds them', () => {
  expect(kinds({ spec: spec(arriving) }, bare)).toEqual(['learn-nics']);
  const steps = plan({ spec: spec(arriving) }, { ...bare, toldNics: told }, fresh);
  expect(steps.map(({ kind }) => kind)).toEqual([
    ...['find-image', 'make-disk', 'make-netns', 'plug-vif', 'take-over'],
  ]);
  expect(steps.find(({ kind }) => kind === 'plug-vif')).toMatchObject({ nic: 'eth1', isHeld: true });
});

it('does what is missing of an arrival that was interrupted, and nothing once it is here', () => {
  const ready: Actual = { ...running, guest: undefined, toldNics: told };
  expect(kinds({ spec: spec(arriving) }, ready)).toEqual(['take-over']);
  const arrived: Actual = { ...ready, guest: { pid: 7, isFrozen: true }, held: ['p1'] };
  expect(kinds({ spec: spec(arriving) }, arrived)).toEqual([]);
});

it('leaves an instance alone that is on its way to another host, stopped or not', () => {
  const stopped: Actual = { ...running, guest: { pid: 7, isFrozen: true }, held: ['p1'] };
  for (const actual of [running, stopped])
    expect(kinds({ spec: spec({ wanted: 'leaving', task_state: 'migrating' }) }, actual)).toEqual([
      'wait-for-arrival',
    ]);
});

it('lets an instance go on that has arrived, or has not left, and tells its neighbours', () => {
  const migrating = { task_state: 'migrating' };
  const stopped: Actual = { ...running, guest: { pid: 7, isFrozen: true }, held: ['p1'] };
  const held: Actual = { ...running, held: ['p1'] };
  for (const actual of [stopped, held])
    expect(kinds({ spec: spec(migrating), ports: port('ACTIVE') }, actual)).toEqual([
      'thaw-guest',
      'announce',
    ]);
  const isElsewhere = { ...port('DOWN')[0]!, isElsewhere: true };
  expect(kinds({ spec: spec(migrating), ports: [isElsewhere] }, stopped)).toEqual(['bind-ports']);
  expect(kinds({ spec: spec({ ...migrating, wanted: 'paused' }), ports: port('ACTIVE') }, stopped)).toEqual(
    [],
  );
});
