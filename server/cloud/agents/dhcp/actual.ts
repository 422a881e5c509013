// What the host has for one network: namespace, files, leases, processes.
import { readdirSync } from 'node:fs';
import { readLeases, type Lease } from '../../../host/dnsmasq.ts';
import { listNetns } from '../../../host/netns.ts';
import type { OvsPort } from '../../../host/ovs-ports.ts';
import { findProcesses, netnsNumber, type FoundProcess } from '../../../host/process.ts';
import { proxyPlace } from '../metadata-proxy.ts';
import { readNamespace } from '../namespace-actual.ts';
import { readDaemon, readText, type FoundDaemon } from '../namespace-daemon.ts';
import type { FoundNamespace, Ownership } from '../namespace-plan.ts';
import {
  chainPrefix,
  fileNames,
  folderOf,
  namespaceOf,
  namespacePrefix,
  namespaceSysctls,
  type DhcpConfig,
  type FileName,
} from './desired.ts';

export interface DhcpActual {
  namespace: FoundNamespace;
  own: Ownership;
  hasFolder: boolean;
  files: Record<FileName, string | undefined>;
  leases: Lease[];
  dnsmasq: FoundProcess[];
  /** Number of the namespace that processes should live in. */
  netns: number | undefined;
  proxy: FoundDaemon;
}

const asRead = (values: Record<string, number>) =>
  Object.fromEntries(Object.entries(values).map(([key, value]) => [key, String(value)]));

export const ownershipOf = (config: DhcpConfig, networkId: string): Ownership => ({
  ns: namespaceOf(config, networkId),
  devicePrefixes: ['tap'],
  chainPrefix,
});

/** `ports` are those of the switch as they are being read. */
export async function readActual(
  config: DhcpConfig,
  networkId: string,
  { ports, hasIpv6 }: { ports: Promise<ReadonlyMap<string, OvsPort>>; hasIpv6: boolean },
): Promise<DhcpActual> {
  const own = ownershipOf(config, networkId);
  // The setting is made with the namespace; without IPv6 it is not worth a process to see whether it still stands.
  const keys = own.ns !== undefined && hasIpv6 ? Object.keys(namespaceSysctls) : [];
  const namespace = await readNamespace(own, keys, ports);
  if (namespace.exists && keys.length === 0) namespace.sysctls = asRead(namespaceSysctls);
  const folder = folderOf(config, networkId);
  const files = fileNames.map((name) => [name, readText(`${folder}/${name}`)] as const);
  return {
    namespace,
    own,
    hasFolder: listFolders(config).includes(networkId),
    files: Object.fromEntries(files) as Record<FileName, string | undefined>,
    leases: readLeases(`${folder}/leases`),
    dnsmasq: findProcesses('dnsmasq', `${folder}/`, `${folder}/pid`),
    netns: netnsNumber(own.ns),
    proxy: readDaemon(proxyPlace(config, networkId), own.ns),
  };
}

/** Ids of the networks that have left anything on this host: a namespace of their name or a folder of files. */
export async function listFound(config: DhcpConfig): Promise<string[]> {
  const names = (await listNetns()).filter((ns) => ns.startsWith(namespacePrefix));
  const ids = [...names.map((ns) => ns.slice(namespacePrefix.length)), ...listFolders(config)];
  return [...new Set(ids)].filter(isId);
}

/** Whatever else lies around under such a name was not made by an agent. */
const isId = (text: string) => /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/.test(text);

function listFolders(config: DhcpConfig): string[] {
  try {
    return readdirSync(config.dhcp_confs);
  } catch {
    return [];
  }
}
