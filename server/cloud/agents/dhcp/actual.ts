// What the host has for one network: namespace, files, leases, processes.
import { existsSync, readdirSync } from 'node:fs';
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
  type DhcpConfig,
  type DhcpTarget,
  type FileName,
} from './desired.ts';

export interface DhcpActual {
  namespace: FoundNamespace;
  own: Ownership;
  hasFolder: boolean;
  /** Other networks are served on this host. */
  hasOthers: boolean;
  files: Record<FileName, string | undefined>;
  leases: Lease[];
  /** False: dnsmasq, if there is one, writes to a file that is gone. */
  hasLeaseFile: boolean;
  dnsmasq: FoundProcess[];
  /** Number of the namespace that processes should live in. */
  netns: number | undefined;
  proxy: FoundDaemon;
}

/** Of the root namespace what goes through the network's device: the rest belongs to the node and to other networks. */
const onlyOf = (device: string | undefined, found: FoundNamespace): FoundNamespace => ({
  ...found,
  routes: found.routes.filter(({ dev }) => dev === device),
  neighbours: found.neighbours.filter(({ dev }) => dev === device),
  rules: [],
});

const asRead = (values: Record<string, number>) =>
  Object.fromEntries(Object.entries(values).map(([key, value]) => [key, String(value)]));

export const ownershipOf = (config: DhcpConfig, networkId: string): Ownership => ({
  ns: namespaceOf(config, networkId),
  devicePrefixes: ['tap', 'ns-'],
  chainPrefix,
});

/** `ports` are those of the switch as they are being read, `known` is what the network should be like, where that is known. */
export async function readActual(
  config: DhcpConfig,
  networkId: string,
  { ports, known }: { ports: Promise<ReadonlyMap<string, OvsPort>>; known: DhcpTarget | undefined },
): Promise<DhcpActual> {
  const own = ownershipOf(config, networkId);
  const sysctls = known?.namespace.sysctls ?? {};
  // A namespace is made with its settings; without IPv6 it is not worth a process to see whether they still stand.
  const keys = known?.hasIpv6 || own.ns === undefined ? Object.keys(sysctls) : [];
  const found = await readNamespace(own, keys, ports);
  if (found.exists && keys.length === 0) found.sysctls = asRead(sysctls);
  const namespace = own.ns === undefined ? onlyOf(known?.device, found) : found;
  const folder = folderOf(config, networkId);
  const folders = listFolders(config);
  const files = fileNames.map((name) => [name, readText(`${folder}/${name}`)] as const);
  return {
    namespace,
    own,
    hasFolder: folders.includes(networkId),
    hasOthers: folders.some((name) => name !== networkId && isId(name)),
    files: Object.fromEntries(files) as Record<FileName, string | undefined>,
    leases: readLeases(`${folder}/leases`),
    hasLeaseFile: existsSync(`${folder}/leases`),
    dnsmasq: findProcesses('dnsmasq', `${folder}/`, `${folder}/pid`),
    netns: netnsNumber(own.ns),
    proxy: readDaemon(proxyPlace(config, networkId), own.ns),
  };
}

/** Whether the files that dnsmasq reads and writes are not as they were left. */
export function areFilesDamaged(config: DhcpConfig, networkId: string, target: DhcpTarget): boolean {
  const folder = folderOf(config, networkId);
  const isOther = (name: FileName) => readText(`${folder}/${name}`) !== target.files[name];
  return fileNames.some(isOther) || (target.keepsLeases && !existsSync(`${folder}/leases`));
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
