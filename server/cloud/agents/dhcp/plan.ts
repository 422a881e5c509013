// The steps from what the host has for a network to what it should have. Pure.
import type { Lease } from '../../../host/dnsmasq.ts';
import { planDaemon, type DaemonStep } from '../namespace-daemon.ts';
import { planNamespace, planRemoval, type NamespaceStep } from '../namespace-plan.ts';
import type { DhcpActual } from './actual.ts';
import { fileNames, type DhcpTarget, type FileName } from './desired.ts';

export type DhcpStep =
  | NamespaceStep
  | DaemonStep
  | { kind: 'stop-dnsmasq'; pids: number[]; reason: string }
  /** Files are written and, where `reloadPid` is given, dnsmasq is told, in one go. */
  | { kind: 'write-files'; files: Partial<Record<FileName, string>>; reloadPid?: number; reason: string }
  | { kind: 'start-dnsmasq'; argv: string[]; reason: string }
  | { kind: 'release-lease'; lease: Lease; device: string; reason: string }
  | { kind: 'remove-files'; reason: string };

/** `keepsNamespace`: of a network that is gone the empty namespace stays. */
export function planDhcp(
  target: DhcpTarget | undefined,
  actual: DhcpActual,
  { keepsNamespace = false } = {},
): DhcpStep[] {
  if (target !== undefined) return planServed(target, actual);
  return planGone(actual).filter(({ kind }) => kind !== 'remove-namespace' || !keepsNamespace);
}

function planServed(target: DhcpTarget, actual: DhcpActual): DhcpStep[] {
  const running = actual.dnsmasq.filter(
    (process) =>
      (actual.hasLeaseFile || !target.keepsLeases) &&
      process.netns === actual.netns &&
      sameWords(process.argv, target.dnsmasq),
  );
  const keep = running[0];
  const stop = actual.dnsmasq.filter((process) => process !== keep);
  return [
    ...stopDnsmasq(
      stop,
      'dnsmasq runs with other arguments, in another namespace or without its file of leases',
    ),
    ...planNamespace(target.namespace, actual.namespace, actual.own),
    ...planFiles(target, actual, keep?.pid),
    ...(keep === undefined
      ? [{ kind: 'start-dnsmasq' as const, argv: target.dnsmasq, reason: 'no dnsmasq serves this network' }]
      : []),
    ...planDaemon(target.proxy, actual.proxy),
    ...actual.leases
      .filter(({ mac, address }) => !isEntitled(target.entitled.get(address), mac))
      .map((lease) => ({
        kind: 'release-lease' as const,
        lease,
        device: target.device,
        reason: `${lease.mac ?? lease.clientId} has no port with ${lease.address} any more`,
      })),
  ];
}

/** Who holds a lease is not always known: then its address alone counts. */
const isEntitled = (owner: string | undefined, holder: string | undefined) =>
  owner !== undefined && (holder === undefined || owner === holder);

function planFiles(target: DhcpTarget, actual: DhcpActual, runningPid: number | undefined): DhcpStep[] {
  const different = fileNames.filter((name) => target.files[name] !== actual.files[name]);
  if (different.length === 0) return [];
  return [
    {
      kind: 'write-files',
      files: Object.fromEntries(different.map((name) => [name, target.files[name]])),
      ...(runningPid === undefined ? {} : { reloadPid: runningPid }),
      reason: `${different.join(', ')} must change`,
    },
  ];
}

function planGone(actual: DhcpActual): DhcpStep[] {
  const device = actual.files.interface?.trim();
  // In the root namespace all networks share the chains: the last one takes them away.
  const keepsChains = actual.own.ns === undefined && actual.hasOthers;
  const namespace = keepsChains ? { ...actual.namespace, tables: {} } : actual.namespace;
  return [
    ...planDaemon(undefined, actual.proxy),
    ...stopDnsmasq(actual.dnsmasq, 'the network is not served here'),
    ...planRemoval(namespace, actual.own, device === undefined || device === '' ? [] : [device]),
    ...(actual.hasFolder
      ? [{ kind: 'remove-files' as const, reason: 'the network is not served here' }]
      : []),
  ];
}

const stopDnsmasq = (processes: DhcpActual['dnsmasq'], reason: string): DhcpStep[] =>
  processes.length === 0 ? [] : [{ kind: 'stop-dnsmasq', pids: processes.map(({ pid }) => pid), reason }];

/** The program's own name may be a path. */
const sameWords = (found: string[], wanted: string[]) =>
  found.length === wanted.length && found.slice(1).every((word, index) => word === wanted[index + 1]);
