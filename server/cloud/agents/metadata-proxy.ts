// The metadata proxy (haproxy) of one router or network as a thing to have or not to have: reading, planning and doing.
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { startHaproxy } from '../../host/haproxy.ts';
import { endProcess, findProcesses, netnsNumber, type FoundProcess } from '../../host/process.ts';
import type { MetadataProxy } from './metadata-proxy-file.ts';
import { headerOf, renderMetadataProxy } from './metadata-proxy-file.ts';

/** Where the files of an agent's proxies lie. */
export interface ProxySettings {
  state_path: string;
  external_pids: string;
  metadata_proxy_socket: string;
  metadata_proxy_user: string;
  metadata_proxy_group: string;
}

export const proxyConfigFile = (settings: ProxySettings, id: string) =>
  `${settings.state_path}/ns-metadata-proxy/${id}.conf`;
const proxyPidFile = (settings: ProxySettings, id: string) => `${settings.external_pids}/${id}.pid.haproxy`;

/** Text of the configuration file that a proxy should have. */
export const proxyConfig = (
  settings: ProxySettings,
  at: Pick<MetadataProxy, 'id' | 'kind' | 'bind'>,
): string =>
  renderMetadataProxy({
    ...at,
    socket: settings.metadata_proxy_socket,
    user: settings.metadata_proxy_user,
    group: settings.metadata_proxy_group,
    pidFile: proxyPidFile(settings, at.id),
  });

export interface FoundProxy {
  /** Undefined: no file. */
  config: string | undefined;
  processes: FoundProcess[];
  /** Number of the namespace that it should live in; undefined: there is none. */
  netns: number | undefined;
}

export function readProxy(settings: ProxySettings, id: string, ns: string | undefined): FoundProxy {
  const file = proxyConfigFile(settings, id);
  return {
    config: readText(file),
    processes: findProcesses('haproxy', file, proxyPidFile(settings, id)),
    netns: netnsNumber(ns),
  };
}

export type ProxyStep =
  | { kind: 'start-proxy'; config: string; reason: string }
  | { kind: 'stop-proxy'; pids: number[]; reason: string };

/** Pure. `config` undefined: no proxy is wanted. */
export function planProxy(config: string | undefined, found: FoundProxy): ProxyStep[] {
  const { processes } = found;
  const isGood = (process: FoundProcess) => config === found.config && process.netns === found.netns;
  const bad = config === undefined ? processes : processes.filter((process) => !isGood(process));
  const pids = bad.map((process) => process.pid);
  const why =
    config === undefined ? 'no metadata proxy is wanted' : 'the proxy has another configuration or namespace';
  const mustStop = pids.length > 0 || (config === undefined && found.config !== undefined);
  const mustStart = config !== undefined && processes.length === bad.length;
  return [
    ...(mustStop ? [{ kind: 'stop-proxy' as const, pids, reason: why }] : []),
    ...(mustStart ? [{ kind: 'start-proxy' as const, config, reason: 'no metadata proxy is running' }] : []),
  ];
}

export async function applyProxy(
  step: ProxyStep,
  settings: ProxySettings,
  id: string,
  ns: string | undefined,
): Promise<void> {
  const file = proxyConfigFile(settings, id);
  if (step.kind === 'stop-proxy') {
    for (const pid of step.pids) await endProcess(pid);
    rmSync(file, { force: true });
    rmSync(proxyPidFile(settings, id), { force: true });
    return;
  }
  mkdirSync(dirname(file), { recursive: true });
  mkdirSync(settings.external_pids, { recursive: true });
  writeFileSync(file, step.config);
  await startHaproxy(file, ns);
}

/** Ids of the routers (or networks) whose proxies have left a configuration here. */
export function listProxies(settings: ProxySettings, kind: MetadataProxy['kind']): string[] {
  const folder = dirname(proxyConfigFile(settings, 'any'));
  try {
    return readdirSync(folder)
      .filter((name) => name.endsWith('.conf'))
      .map((name) => name.slice(0, -'.conf'.length))
      .filter((id) =>
        readText(proxyConfigFile(settings, id))?.includes(`set-header ${headerOf[kind]} ${id}`),
      );
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

/** Content of a file, or undefined where there is none. */
export function readText(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
