// The metadata proxy (haproxy) of one router or network: where its files lie and what it should be like.
import { readdirSync } from 'node:fs';
import { dirname } from 'node:path';
import type { MetadataProxy } from './metadata-proxy-file.ts';
import { headerOf, renderMetadataProxy } from './metadata-proxy-file.ts';
import { readText, type DaemonPlace, type WantedDaemon } from './namespace-daemon.ts';

/** Where the files of an agent's proxies lie. */
export interface ProxySettings {
  state_path: string;
  external_pids: string;
  metadata_proxy_socket: string;
  metadata_proxy_user: string;
  metadata_proxy_group: string;
}

export const proxyPlace = (settings: ProxySettings, id: string): DaemonPlace => ({
  program: 'haproxy',
  configFile: `${settings.state_path}/ns-metadata-proxy/${id}.conf`,
  pidFile: `${settings.external_pids}/${id}.pid.haproxy`,
});

/** The proxy as it should be; its files are named after `fileId` where that is not whom it serves. */
export function proxyDaemon(
  settings: ProxySettings,
  { fileId, ...at }: Pick<MetadataProxy, 'id' | 'kind' | 'bind'> & { fileId?: string },
): WantedDaemon {
  const place = proxyPlace(settings, fileId ?? at.id);
  return {
    ...place,
    config: renderMetadataProxy({
      ...at,
      socket: settings.metadata_proxy_socket,
      user: settings.metadata_proxy_user,
      group: settings.metadata_proxy_group,
      pidFile: place.pidFile,
    }),
    argv: ['haproxy', '-f', place.configFile],
    reload: 'restart',
  };
}

/** Ids of the routers (or networks) whose proxies have left a configuration here. */
export function listProxies(settings: ProxySettings, kind: MetadataProxy['kind']): string[] {
  const folder = dirname(proxyPlace(settings, 'any').configFile);
  try {
    return readdirSync(folder)
      .filter((name) => name.endsWith('.conf'))
      .map((name) => name.slice(0, -'.conf'.length))
      .filter((id) =>
        readText(proxyPlace(settings, id).configFile)?.includes(`set-header ${headerOf[kind]} ${id}`),
      );
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}
