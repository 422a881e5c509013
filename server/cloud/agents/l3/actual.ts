// What the host has for one router: its namespaces and the daemons in them.
import { listNetns } from '../../../host/netns.ts';
import { readOvsPorts } from '../../../host/ovs-ports.ts';
import { listProxies } from '../metadata-proxy.ts';
import { readNamespace } from '../namespace-actual.ts';
import { readDaemon, type FoundDaemon } from '../namespace-daemon.ts';
import type { FoundNamespace, Ownership } from '../namespace-plan.ts';
import { namespacePrefix, placesOf, type L3Config, type RouterTarget } from './target.ts';

/** What a namespace that a router may have on this host holds. */
export interface NamespaceActual {
  own: Ownership;
  found: FoundNamespace;
  daemons: FoundDaemon[];
}

export async function readActual(
  config: L3Config,
  routerId: string,
  target: RouterTarget | undefined,
): Promise<NamespaceActual[]> {
  const portsRead = readOvsPorts();
  portsRead.catch(() => undefined);
  return Promise.all(
    placesOf(config, routerId).map(async ({ own, daemons }) => {
      const wanted = target?.namespaces.find((candidate) => candidate.own.ns === own.ns)?.wanted;
      return {
        own,
        found: await readNamespace(own, Object.keys(wanted?.sysctls ?? {}), portsRead),
        daemons: daemons.map((place) => readDaemon(place, own.ns)),
      };
    }),
  );
}

/** Ids of the routers that have left anything on this host: a namespace of their name or a metadata proxy. */
export async function listFound(config: L3Config): Promise<string[]> {
  if (!config.use_namespaces) return config.router_id === '' ? [] : [config.router_id];
  const names = (await listNetns()).filter((ns) => ns.startsWith(namespacePrefix));
  const ids = [...names.map((ns) => ns.slice(namespacePrefix.length)), ...listProxies(config, 'router')];
  return [...new Set(ids)].filter(isId);
}

/** Whatever else lies around under such a name was not made by an agent. */
const isId = (text: string) => /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/.test(text);
