// What the host has for one router: its namespaces and the daemons in them.
import { readdirSync } from 'node:fs';
import { listNetns } from '../../../host/netns.ts';
import { listProxies } from '../metadata-proxy.ts';
import { readNamespace } from '../namespace-actual.ts';
import { readDaemon, readText, type FoundDaemon } from '../namespace-daemon.ts';
import type { FoundNamespace, Ownership } from '../namespace-plan.ts';
import { readPortsFor } from '../namespace-veth.ts';
import { stateFile } from './ha/keepalived.ts';
import { readKeptSettings, type Settings } from './node-settings.ts';
import { placesOf, routerPrefixes, type L3Config, type RouterTarget } from './target.ts';

/** What a namespace that a router may have on this host holds. */
export interface NamespaceActual {
  own: Ownership;
  found: FoundNamespace;
  daemons: FoundDaemon[];
  /** The VRRP state that was noted last; undefined: none. */
  notedState: string | undefined;
  /** Settings of the node that a router without a namespace changed; undefined: none. */
  keptSettings?: Settings;
}

export async function readActual(
  config: L3Config,
  routerId: string,
  target: RouterTarget | undefined,
): Promise<NamespaceActual[]> {
  const portsRead = readPortsFor(config);
  portsRead.catch(() => undefined);
  const keptSettings = config.use_namespaces ? undefined : readKeptSettings(config);
  const notedState = readText(stateFile(config, routerId));
  return Promise.all(
    placesOf(config, routerId).map(async ({ own, daemons }) => {
      const wanted = target?.namespaces.find((candidate) => candidate.own.ns === own.ns)?.wanted;
      return {
        own,
        found: await readNamespace(own, Object.keys(wanted?.sysctls ?? {}), portsRead, {
          withIp6tables: true,
        }),
        daemons: daemons.map((place) => readDaemon(place, own.ns)),
        notedState,
        ...(own.ns === undefined && keptSettings !== undefined ? { keptSettings } : {}),
      };
    }),
  );
}

/** Ids of the routers that have left anything on this host: a namespace of their name or files of a daemon. */
export async function listFound(config: L3Config): Promise<string[]> {
  if (!config.use_namespaces) return config.router_id === '' ? [] : [config.router_id];
  const names = (await listNetns()).flatMap((ns) => routerPrefixes.flatMap((prefix) => keyOf(ns, prefix)));
  const others = [...listProxies(config, 'router'), ...listFolder(config.ha_confs_path)];
  return [...new Set([...names, ...others.filter(isId)])];
}

function listFolder(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

/** The id that follows a prefix in a namespace's name, in a list; an empty one for another name. */
export const keyOf = (ns: string, prefix: string): string[] =>
  ns.startsWith(prefix) && isId(ns.slice(prefix.length)) ? [ns.slice(prefix.length)] : [];

/** Whatever else lies around under such a name was not made by an agent. */
const isId = (text: string) => /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/.test(text);
