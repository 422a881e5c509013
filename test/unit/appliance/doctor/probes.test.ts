import { expect, test } from 'vitest';
import type { HostLook } from '../../../../server/appliance/doctor/look.ts';
import { judge } from '../../../../server/appliance/doctor/probes.ts';
import type { EngineFacts } from '../../../../server/appliance/engine/types.ts';

const look: HostLook = {
  platform: 'linux',
  kernel: '6.1.0',
  cpus: 2,
  memoryFreeBytes: 4 * 2 ** 30,
  diskPath: '/var/lib/docker',
  diskFreeBytes: 20 * 2 ** 30,
  tunMode: 0o600,
  watchers: 1024,
  kernelModules: {
    veth: 'built in',
    vxlan: 'loaded',
    bridge: 'loaded',
    br_netfilter: 'loadable',
    overlay: 'loaded',
    openvswitch: 'absent',
    '8021q': 'absent',
  },
};
const facts: EngineFacts = {
  version: '27.0',
  host: 'h',
  operatingSystem: 'Debian',
  kernel: '6.1.0',
  cpus: 2,
  memoryBytes: 8 * 2 ** 30,
  storageDriver: 'overlay2',
  rootDirectory: '/var/lib/docker',
  isUserNamespaceRemapped: false,
  isRootless: false,
};
const lacking = (findings: ReturnType<typeof judge>) =>
  findings.filter(({ isFound, weight }) => !isFound && weight === 'needed').map(({ name }) => name);

test('a bound of watchers that ends before a class has begun is told with the remedy', () => {
  const told = (watchers: number | undefined) =>
    judge({ ...look, watchers }, facts).find(({ name }) => name === 'host: watchers of folders')!;
  expect([told(undefined).isFound, told(1024).isFound, told(128).isFound]).toEqual([true, true, false]);
  expect(told(128).consequence).toContain('more than about 10 labs');
  expect(told(128).remedy).toContain('sysctl -w fs.inotify.max_user_instances=1024');
});

test('a machine without the switch module and VLAN devices is good enough', () => {
  expect(lacking(judge(look, facts))).toEqual([]);
});

test('an engine that does not answer is missed, with what it said', () => {
  const engine = judge(look, undefined, 'connection refused').find(({ name }) => name === 'engine: answers');
  expect(engine).toMatchObject({ isFound: false, found: 'connection refused', weight: 'needed' });
});

test('a TAP device closed to others is enough, except where root is remapped', () => {
  expect(lacking(judge(look, { ...facts, isUserNamespaceRemapped: true }))).toEqual(['kernel: /dev/net/tun']);
  expect(lacking(judge({ ...look, tunMode: 0o666 }, { ...facts, isUserNamespaceRemapped: true }))).toEqual(
    [],
  );
});

test('too little memory, disk or kernel is named', () => {
  const poor = { ...look, memoryFreeBytes: 2 ** 29, diskFreeBytes: 2 ** 30, kernelModules: {} };
  expect(lacking(judge(poor, facts))).toEqual([
    'host: memory',
    'host: disk',
    ...['veth', 'vxlan', 'bridge', 'br_netfilter', 'overlay'].map((name) => `kernel: ${name}`),
  ]);
});
