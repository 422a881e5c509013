// Containers: made, started, filled with files, listed by label, removed.
import type Docker from 'dockerode';
import { asking, askingSoon, EngineRefused, unlessMissing } from './failures.ts';
import type { BesideSpec, ContainerInfo, ContainerSpec, FillerSpec } from './types.ts';

/** What stays read-only for a node; /proc/sys does not, because a cloud sets sysctls. */
const readOnlyPaths = ['/proc/bus', '/proc/fs', '/proc/irq', '/proc/sysrq-trigger'];

const pairs = (values: Record<string, string>, glue: string) =>
  Object.entries(values).map(([name, value]) => `${name}${glue}${value}`);

const logs = { Type: 'json-file', Config: { 'max-size': '1m' } };

/** Creates one that shares another's NICs, addresses and names, without starting it. */
export async function createBeside(docker: Docker, spec: BesideSpec): Promise<void> {
  await asking(
    `Creating ${spec.name}`,
    docker.createContainer({
      name: spec.name,
      Image: spec.image,
      Labels: spec.labels,
      HostConfig: {
        NetworkMode: `container:${spec.beside}`,
        CapDrop: ['ALL'],
        CapAdd: spec.capabilities,
        Memory: spec.memoryBytes,
        MemorySwap: spec.memoryBytes,
        PidsLimit: spec.pids,
        LogConfig: logs,
      },
    }),
  );
}

/** Creates one with a volume of its name, without starting it. */
export async function createFiller(docker: Docker, spec: FillerSpec): Promise<void> {
  const volume = { NoCopy: true, Labels: spec.labels, DriverConfig: { Name: '', Options: {} } };
  await asking(
    `Creating ${spec.name}`,
    docker.createContainer({
      name: spec.name,
      Image: spec.image,
      Labels: spec.labels,
      Entrypoint: spec.command,
      HostConfig: {
        NetworkMode: 'none',
        CapDrop: ['ALL'],
        CapAdd: spec.capabilities,
        Mounts: [{ Type: 'volume', Source: spec.name, Target: spec.folder, VolumeOptions: volume }],
        LogConfig: logs,
      },
    }),
  );
}

/** Creates without starting; answers with the id. */
export async function createContainer(docker: Docker, spec: ContainerSpec): Promise<string> {
  const ports = spec.publish.map((port) => `${port}/tcp`);
  const container = await asking(
    `Creating ${spec.name}`,
    docker.createContainer({
      name: spec.name,
      Hostname: spec.hostname,
      Image: spec.image,
      Labels: spec.labels,
      Env: pairs(spec.env, '='),
      ...(spec.entrypoint ? { Entrypoint: spec.entrypoint } : {}),
      ExposedPorts: Object.fromEntries(ports.map((port) => [port, {}])),
      HostConfig: {
        NetworkMode: spec.network,
        ExtraHosts: pairs(spec.hosts, ':'),
        CapDrop: ['ALL'],
        CapAdd: spec.capabilities,
        // The profile of Debian and Ubuntu forbids every mount; a user namespace of the engine's stays in force.
        SecurityOpt: ['apparmor=unconfined', ...(spec.isUnfiltered ? ['seccomp=unconfined'] : [])],
        ...(spec.isProcOpen ? { MaskedPaths: [], ReadonlyPaths: [] } : { ReadonlyPaths: readOnlyPaths }),
        Devices: spec.devices.map((path) => ({
          PathOnHost: path,
          PathInContainer: path,
          CgroupPermissions: 'rwm',
        })),
        Binds: spec.mounts,
        Tmpfs: spec.tmpfs,
        Sysctls: spec.sysctls,
        Memory: spec.memoryBytes,
        MemorySwap: spec.memoryBytes,
        PidsLimit: spec.pids,
        NanoCpus: Math.round(spec.cpus * 1e9),
        Ulimits: [{ Name: 'nofile', Soft: 8192, Hard: 8192 }],
        LogConfig: logs,
        PortBindings: Object.fromEntries(
          ports.map((port) => [port, [{ HostIp: '127.0.0.1', HostPort: '' }]]),
        ),
      },
      NetworkingConfig: { EndpointsConfig: { [spec.network]: { IPAMConfig: { IPv4Address: spec.ip } } } },
    }),
  );
  return container.id;
}

export const startContainer = (docker: Docker, name: string) =>
  asking(`Starting ${name}`, docker.getContainer(name).start());

/** Ends it at once; nothing happens when it has ended already. */
export const killContainer = (docker: Docker, name: string) =>
  unlessMissing(asking(`Ending ${name}`, docker.getContainer(name).kill()));

export const unpauseContainer = (docker: Docker, name: string) =>
  asking(`Letting ${name} go on`, docker.getContainer(name).unpause());

/** Kills and removes, anonymous volumes included; nothing happens when it is gone. */
export const removeContainer = (docker: Docker, name: string) =>
  unlessMissing(asking(`Removing ${name}`, docker.getContainer(name).remove({ force: true, v: true })));

/** Unpacks a tar archive at `/`, also before the first start. */
export const putFiles = (docker: Docker, name: string, archive: Buffer) =>
  asking(`Copying files into ${name}`, docker.getContainer(name).putArchive(archive, { path: '/' }));

/** The last lines of what a container's first program wrote. */
export async function readLogs(docker: Docker, name: string, lines: number): Promise<string> {
  const container = docker.getContainer(name);
  const raw = await asking(
    `Reading the log of ${name}`,
    container.logs({ stdout: true, stderr: true, tail: lines, follow: false }),
  );
  let text = '';
  for (let at = 0; at + 8 <= raw.length;) {
    const end = at + 8 + raw.readUInt32BE(at + 4);
    text += raw.subarray(at + 8, end).toString('utf8');
    at = end;
  }
  return text;
}

/** All containers that carry the labels (`name` or `name=value`), running or not. */
export async function listContainers(docker: Docker, labels: string[]): Promise<ContainerInfo[]> {
  const found = await askingSoon(
    'Listing containers',
    docker.listContainers({ all: true, filters: { label: labels } }),
  );
  return found.map((one) => ({
    id: one.Id,
    name: (one.Names[0] ?? '').replace(/^\//, ''),
    image: one.Image,
    labels: one.Labels,
    state: one.State,
    createdAt: one.Created * 1000,
    ports: Object.fromEntries(
      one.Ports.filter((p) => p.PublicPort).map((p) => [p.PrivatePort, p.PublicPort]),
    ),
    addresses: Object.fromEntries(
      Object.entries(one.NetworkSettings.Networks).map(([name, network]) => [name, network.IPAddress]),
    ),
  }));
}

/** Exit code and reason of a container that is not running; undefined when it runs. */
export async function readExit(docker: Docker, name: string): Promise<string | undefined> {
  try {
    const { State } = await askingSoon(`Looking at ${name}`, docker.getContainer(name).inspect());
    if (State.Running) return undefined;
    return `exit code ${State.ExitCode}${State.OOMKilled ? ', out of memory' : ''}${State.Error ? `, ${State.Error}` : ''}`;
  } catch (error) {
    if (error instanceof EngineRefused && error.status === 404) return 'it was removed';
    throw error;
  }
}

/**
 * Waits until a container has written a text. Answers false when it ends, or `timeoutMs` pass, without it.
 * `signal` gives up at once.
 */
export async function waitForLog(
  docker: Docker,
  name: string,
  { text, timeoutMs, signal }: { text: string; timeoutMs: number; signal: AbortSignal },
): Promise<boolean> {
  const stream = (await asking(
    `Following the log of ${name}`,
    docker.getContainer(name).logs({ stdout: true, stderr: true, follow: true }),
  )) as NodeJS.ReadableStream & { destroy(): void };
  const stop = () => stream.destroy();
  const timer = setTimeout(stop, timeoutMs);
  signal.addEventListener('abort', stop);
  try {
    let seen = '';
    for await (const bytes of stream) {
      seen += (bytes as Buffer).toString('utf8');
      if (seen.includes(text)) return true;
    }
    return false;
  } catch {
    return false; // destroyed by the clock or the signal
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', stop);
    stop();
  }
}
