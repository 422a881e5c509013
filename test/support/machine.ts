// Small disposable pieces of a network for test/host: a namespace with one NIC, and a running Open vSwitch.
import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { addAddress } from '../../server/host/address.ts';
import { disableTxOffload } from '../../server/host/ethtool.ts';
import { ensureVeth, moveLink, removeLink, setLinks } from '../../server/host/link.ts';
import { ensureNetns, inNetns, removeNetns } from '../../server/host/netns.ts';
import { run, type RunResult } from '../../server/host/run.ts';

/** A namespace that stands for a machine: NIC `eth0` inside, the other end of its cable outside. */
export interface Machine extends AsyncDisposable {
  ns: string;
  /** Outer end of the veth, to be put into a bridge. */
  device: string;
  /** Runs a command inside; any exit code is returned, not thrown. */
  run(argv: string[], options?: { stdin?: string; timeoutMs?: number }): Promise<RunResult>;
  /** True when at least one of two pings is answered. */
  ping(address: string): Promise<boolean>;
}

export interface MachineOptions {
  name: string;
  /** With prefix length. */
  address?: string;
  mac?: string;
  /** Name of the outer end; `<name>-nic` without it. */
  device?: string;
  mtu?: number;
}

/** Makes a machine; both ends of its cable are up and compute their own checksums. */
export async function machine({
  name,
  address,
  mac,
  device = `${name}-nic`,
  mtu = 1500,
}: MachineOptions): Promise<Machine> {
  const dispose = async () => {
    await removeNetns(name);
    await removeLink(device);
  };
  try {
    await wire(name, device, mtu, mac);
    if (address !== undefined) await addAddress('eth0', address, name);
  } catch (error) {
    await dispose();
    throw error;
  }
  const anyCode = Array.from({ length: 256 }, (_, code) => code);
  const runInside: Machine['run'] = (argv, options = {}) =>
    run(inNetns(name, argv), { okCodes: anyCode, ...options });
  return {
    ns: name,
    device,
    run: runInside,
    ping: async (target) => (await runInside(['ping', '-c', '2', '-i', '0.2', '-W', '1', target])).code === 0,
    [Symbol.asyncDispose]: dispose,
  };
}

/** The namespace and its cable. */
async function wire(ns: string, device: string, mtu: number, mac: string | undefined): Promise<void> {
  const inner = `${ns}-in`;
  await ensureNetns(ns);
  await ensureVeth(device, inner);
  await moveLink(inner, ns);
  await run(['ip', '-n', ns, 'link', 'set', 'dev', inner, 'name', 'eth0']);
  await setLinks([{ name: 'eth0', up: true, mtu, ...(mac === undefined ? {} : { mac }) }], ns);
  await setLinks([{ name: device, up: true, mtu }]);
  await disableTxOffload('eth0', ns);
  await disableTxOffload(device);
}

/** A running Open vSwitch (userspace datapath) with an empty database, at the default paths; one at a time. */
export interface OpenVswitch extends AsyncDisposable {
  /** Kills and starts ovs-vswitchd again: all flows are lost, the database stays. */
  restartSwitch(): Promise<void>;
  /** Kills and starts ovsdb-server again; the database stays. */
  restartDatabase(): Promise<void>;
}

const runFolder = '/run/openvswitch';
const databaseFile = '/etc/openvswitch/conf.db';

/** Starts Open vSwitch; at the end its bridges are removed and both daemons are stopped. */
export async function ovs(): Promise<OpenVswitch> {
  for (const folder of [runFolder, '/etc/openvswitch', '/var/log/openvswitch'])
    mkdirSync(folder, { recursive: true });
  rmSync(databaseFile, { force: true });
  await run(['ovsdb-tool', 'create', databaseFile, '/usr/share/openvswitch/vswitch.ovsschema']);
  await startDatabase();
  await run(['ovs-vsctl', '--no-wait', 'init']);
  await startSwitch();
  return {
    restartSwitch: async () => {
      await stopDaemon('ovs-vswitchd');
      await startSwitch();
    },
    restartDatabase: async () => {
      await stopDaemon('ovsdb-server');
      await startDatabase();
    },
    [Symbol.asyncDispose]: async () => {
      const { stdout } = await run(['ovs-vsctl', 'list-br']);
      for (const bridge of stdout.split('\n').filter(Boolean)) await run(['ovs-vsctl', 'del-br', bridge]);
      await stopDaemon('ovs-vswitchd');
      await stopDaemon('ovsdb-server');
    },
  };
}

const startDatabase = () =>
  run([
    'ovsdb-server',
    '--detach',
    '--pidfile',
    '--log-file',
    `--remote=punix:${runFolder}/db.sock`,
    databaseFile,
  ]);
const startSwitch = () => run(['ovs-vswitchd', '--detach', '--pidfile', '--log-file']);

async function stopDaemon(name: string): Promise<void> {
  const pidFile = `${runFolder}/${name}.pid`;
  if (!existsSync(pidFile)) return;
  const { stdout } = await run(['cat', pidFile]);
  await run(['kill', '-KILL', stdout.trim()], { okCodes: [0, 1] });
  await run([
    'timeout',
    '5',
    'sh',
    '-c',
    'while kill -0 "$1" 2>/dev/null; do sleep 0.02; done',
    'wait',
    stdout.trim(),
  ]);
  rmSync(pidFile, { force: true });
}
