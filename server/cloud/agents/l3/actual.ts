// What the host has for one router: namespace and metadata proxy.
import { listNetns } from '../../../host/netns.ts';
import { listProxies, readProxy, type FoundProxy } from '../metadata-proxy.ts';
import { readNamespace } from '../namespace-actual.ts';
import type { FoundNamespace, Ownership } from '../namespace-plan.ts';
import { namespaceOf, namespacePrefix, type L3Config } from './desired.ts';
import { chainPrefix } from './nat.ts';

export interface RouterActual {
  namespace: FoundNamespace;
  own: Ownership;
  proxy: FoundProxy;
}

export const ownershipOf = (config: L3Config, routerId: string): Ownership => ({
  ns: namespaceOf(config, routerId),
  devicePrefixes: ['qr-', 'qg-'],
  chainPrefix,
});

const sysctls = ['net/ipv4/ip_forward', 'net/ipv4/conf/all/arp_ignore', 'net/ipv4/conf/all/arp_announce'];

export async function readActual(config: L3Config, routerId: string): Promise<RouterActual> {
  const own = ownershipOf(config, routerId);
  const namespace = await readNamespace(own, sysctls);
  return { namespace, own, proxy: readProxy(config, routerId, own.ns) };
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
