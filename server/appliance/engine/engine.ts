// The container engine: found, then used through this one object. Nothing outside this folder knows dockerode.
import { existsSync } from 'node:fs';
import Docker from 'dockerode';
import * as containers from './containers.ts';
import { followEvents } from './events.ts';
import { execIn, openTerminalIn } from './exec.ts';
import { asking, EngineUnreachable } from './failures.ts';
import * as images from './images.ts';
import * as networks from './networks.ts';
import { findOwnContainer, joinNetwork } from './own-container.ts';
import { openPipeIn } from './pipe.ts';
import type {
  BesideSpec,
  ContainerSpec,
  EngineFacts,
  ExecOptions,
  FillerSpec,
  NetworkSpec,
} from './types.ts';

export type Engine = ReturnType<typeof wrap>;

const localSocket = '/var/run/docker.sock';

/** Where to look for an engine, in order. */
function candidates(env: NodeJS.ProcessEnv): string[] {
  if (env.DOCKER_HOST !== undefined && env.DOCKER_HOST !== '') return [env.DOCKER_HOST];
  const rootless = env.XDG_RUNTIME_DIR === undefined ? [] : [`${env.XDG_RUNTIME_DIR}/docker.sock`];
  return [localSocket, ...rootless].filter((path) => existsSync(path)).map((path) => `unix://${path}`);
}

function clientFor(host: string): Docker {
  if (host.startsWith('unix://')) return new Docker({ socketPath: host.slice('unix://'.length) });
  // tcp:// and ssh:// with their certificates: the library reads the same variables as the docker command.
  return new Docker();
}

function wrap(docker: Docker, host: string, ownContainer: string | undefined) {
  const joined = new Set<string>();
  return {
    host,
    /** This program runs in a container of this engine: it reaches nodes by their addresses, not by published ports. */
    isWithin: ownContainer !== undefined,
    /** Makes the nodes of a network reachable from here; needed where `isWithin`. */
    async reachNetwork(id: string) {
      if (ownContainer === undefined || joined.has(id)) return;
      await joinNetwork(docker, id, ownContainer);
      joined.add(id);
    },
    readFacts: () => readFacts(docker),
    createContainer: (spec: ContainerSpec) => containers.createContainer(docker, spec),
    createBeside: (spec: BesideSpec) => containers.createBeside(docker, spec),
    createFiller: (spec: FillerSpec) => containers.createFiller(docker, spec),
    startContainer: (name: string) => containers.startContainer(docker, name),
    killContainer: (name: string) => containers.killContainer(docker, name),
    unpauseContainer: (name: string) => containers.unpauseContainer(docker, name),
    removeContainer: (name: string) => containers.removeContainer(docker, name),
    putFiles: (name: string, archive: Buffer) => containers.putFiles(docker, name, archive),
    readLogs: (name: string, lines: number) => containers.readLogs(docker, name, lines),
    waitForLog: (name: string, wanted: Parameters<typeof containers.waitForLog>[2]) =>
      containers.waitForLog(docker, name, wanted),
    readExit: (name: string) => containers.readExit(docker, name),
    listContainers: (...labels: string[]) => containers.listContainers(docker, labels),
    exec: (name: string, argv: string[], options?: ExecOptions) => execIn(docker, name, argv, options),
    openTerminal: (
      name: string,
      argv: string[],
      size: { cols: number; rows: number },
      env?: Record<string, string>,
    ) => openTerminalIn(docker, name, argv, size, env),
    openPipe: (name: string, argv: string[], env?: Record<string, string>) =>
      openPipeIn(docker, name, argv, env),
    createNetwork: (spec: NetworkSpec) => networks.createNetwork(docker, spec),
    removeNetwork: (name: string) => networks.removeNetwork(docker, name),
    listNetworks: (...labels: string[]) => networks.listNetworks(docker, labels),
    listVolumes: (...labels: string[]) => networks.listVolumes(docker, labels),
    createVolume: (name: string, labels: Record<string, string>) =>
      networks.createVolume(docker, name, labels),
    removeVolume: (name: string) => networks.removeVolume(docker, name),
    hasImage: (name: string) => images.hasImage(docker, name),
    listImages: (...labels: string[]) => images.listImages(docker, labels),
    removeImage: (name: string) => images.removeImage(docker, name),
    pullImage: (name: string) => images.pullImage(docker, name),
    importImage: (name: string, archive: NodeJS.ReadableStream) => images.importImage(docker, name, archive),
    buildImage: (build: Parameters<typeof images.buildImage>[1]) => images.buildImage(docker, build),
    followEvents: (
      label: string,
      listener: Parameters<typeof followEvents>[2],
      onFollowedAgain?: Parameters<typeof followEvents>[3],
    ) => followEvents(docker, label, listener, onFollowedAgain),
  };
}

async function readFacts(docker: Docker): Promise<EngineFacts> {
  const info = (await asking('Asking the engine about itself', docker.info())) as Record<string, unknown>;
  const options = (info.SecurityOptions as string[] | undefined) ?? [];
  return {
    version: String(info.ServerVersion),
    host: String(info.Name),
    operatingSystem: String(info.OperatingSystem),
    kernel: String(info.KernelVersion),
    cpus: Number(info.NCPU),
    memoryBytes: Number(info.MemTotal),
    storageDriver: String(info.Driver),
    rootDirectory: String(info.DockerRootDir),
    isUserNamespaceRemapped: options.some((option) => option.includes('userns')),
    isRootless: options.some((option) => option.includes('rootless')),
  };
}

/**
 * Finds the engine: DOCKER_HOST where it is set, else the local socket, else a rootless one.
 * Throws EngineUnreachable when none answers within 5 s.
 */
export async function connectEngine(env: NodeJS.ProcessEnv): Promise<Engine> {
  const hosts = candidates(env);
  for (const host of hosts) {
    const docker = clientFor(host);
    const late = new Promise<false>((resolve) => setTimeout(resolve, 5_000, false).unref());
    const isAlive = await Promise.race([
      docker.ping().then(
        () => true,
        () => false,
      ),
      late,
    ]);
    if (isAlive) return wrap(docker, host, await findOwnContainer(docker));
  }
  throw new EngineUnreachable(hosts.length > 0 ? hosts : [`unix://${localSocket}`]);
}
