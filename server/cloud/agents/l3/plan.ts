// The steps from what the host has for a router to what it should have. Pure.
import type { Tables } from '../../../host/iptables.ts';
import { planDaemon, type DaemonStep } from '../namespace-daemon.ts';
import {
  planNamespace,
  planRemoval,
  withoutDeadDevices,
  type FoundNamespace,
  type NamespaceStep,
} from '../namespace-plan.ts';
import type { NamespaceActual } from './actual.ts';
import type { Settings } from './node-settings.ts';
import { haStateOf, inState, type HaState } from './ha/keepalived.ts';
import type { NamespaceTarget, RouterTarget } from './target.ts';
import { chainPrefix } from './nat.ts';

/** What is done inside one namespace beside the steps that all agents share. */
export type RouterOwnStep =
  | DaemonStep
  | { kind: 'announce'; device: string; address: string; reason: string }
  | { kind: 'forget-connections'; address: string; reason: string }
  /** Undefined: the router is not highly available (any more). */
  | { kind: 'keep-settings' | 'restore-settings'; settings: Settings; reason: string }
  | { kind: 'note-state'; state: HaState | undefined; reason: string };

/** A step and the namespace that it is done in; undefined: the root namespace. */
export type RouterStep = (NamespaceStep | RouterOwnStep) & { ns: string | undefined };

export function planRouter(
  target: RouterTarget | undefined,
  actual: readonly NamespaceActual[],
): RouterStep[] {
  const wantedIn = (part: NamespaceActual) => target?.namespaces.find(({ own }) => own.ns === part.own.ns);
  const inside = (part: NamespaceActual, steps: (NamespaceStep | RouterOwnStep)[]) =>
    steps.map((step) => ({ ...step, ns: part.own.ns }));
  const kept = actual.filter((part) => wantedIn(part) !== undefined);
  const left = actual.filter((part) => wantedIn(part) === undefined);
  return [
    // first, since a device may go from one namespace to another
    ...left.flatMap((part) => inside(part, planGone(part))),
    ...kept.flatMap((part) => inside(part, planPart(wantedIn(part)!, part))),
    ...planState(actual, target),
  ];
}

function planPart(whole: NamespaceTarget, actual: NamespaceActual): (NamespaceStep | RouterOwnStep)[] {
  const state = whole.ha === undefined ? undefined : haStateOf(whole.ha, actual.found);
  const target = state === undefined ? whole : inState(whole, state);
  const tookOver = state === 'primary' && actual.notedState !== state;
  const daemons = planDaemons(target, actual);
  const stops = daemons.filter(({ kind }) => kind === 'stop-daemon');
  const here = { ...actual, found: leftBy(stops, actual.found) };
  return [
    // keepalived takes its addresses along
    ...stops,
    ...planKept(target, actual),
    ...planNamespace(target.wanted, here.found, actual.own),
    ...planAnnouncements(target, here, tookOver),
    ...planForgotten(target, actual),
    ...daemons.filter(({ kind }) => kind !== 'stop-daemon'),
  ];
}

/** The node's own settings are to come back when a router without a namespace goes. */
function planKept(
  { wanted }: NamespaceTarget,
  { own, found, keptSettings }: NamespaceActual,
): RouterOwnStep[] {
  if (own.ns !== undefined || keptSettings !== undefined) return [];
  const before = Object.keys(wanted.sysctls).flatMap((key) => {
    const value = found.sysctls[key];
    return value === undefined ? [] : [[key, value] as const];
  });
  const reason = 'the router changes settings of the node';
  return [{ kind: 'keep-settings', settings: Object.fromEntries(before), reason }];
}

/** The state of a router is that of its highly available namespace. */
function planState(
  actual: readonly NamespaceActual[],
  target: RouterTarget | undefined,
): (RouterOwnStep & { ns: string | undefined })[] {
  const now = actual.flatMap(({ own, found }) => {
    const ha = target?.namespaces.find((candidate) => candidate.own.ns === own.ns)?.ha;
    return ha === undefined ? [] : [haStateOf(ha, found)];
  })[0];
  if (now === actual[0]?.notedState) return [];
  const reason = now === undefined ? 'the router is not highly available here' : `this host is ${now} now`;
  return [{ kind: 'note-state', state: now, reason, ns: actual[0]?.own.ns }];
}

const planGone = ({
  daemons,
  found,
  own,
  keptSettings,
}: NamespaceActual): (NamespaceStep | RouterOwnStep)[] => [
  ...daemons.flatMap((daemon) => planDaemon(undefined, daemon)),
  ...planRemoval(found, own),
  ...(keptSettings === undefined
    ? []
    : [
        {
          kind: 'restore-settings' as const,
          settings: keptSettings,
          reason: 'the node had other settings before the router',
        },
      ]),
];

function planDaemons(target: NamespaceTarget, actual: NamespaceActual): DaemonStep[] {
  const { ha } = target;
  const { links } = withoutDeadDevices(actual.found, target.wanted);
  // keepalived does not find its device again when that was replaced
  const isLost = ha !== undefined && !links.some(({ name }) => name === ha.device);
  return actual.daemons.flatMap((found) => {
    const daemon = target.daemons.find(({ configFile }) => configFile === found.place.configFile);
    if (!isLost || daemon?.program !== 'keepalived') return planDaemon(daemon, found);
    return [...planDaemon(undefined, found), ...planDaemon(daemon, { ...found, processes: [] })];
  });
}

/** What a namespace holds after keepalived has ended. */
function leftBy(stops: DaemonStep[], found: FoundNamespace): FoundNamespace {
  const ends = stops.some((step) => step.kind === 'stop-daemon' && step.place.program === 'keepalived');
  return ends ? { ...found, addresses: [], routes: [] } : found;
}

/** Neighbours may still know an address under the MAC address of whoever had it before. */
function planAnnouncements(
  target: NamespaceTarget,
  actual: NamespaceActual,
  tookOver: boolean,
): RouterOwnStep[] {
  const namespace = withoutDeadDevices(actual.found, target.wanted);
  return target.announced
    .filter(
      ({ device, address }) =>
        tookOver ||
        !namespace.addresses.some((found) => found.dev === device && found.cidr.split('/')[0] === address),
    )
    .map(({ device, address }) => ({
      kind: 'announce' as const,
      device,
      address,
      reason: tookOver ? `${address} moved here` : `${address} is new on ${device}`,
    }));
}

/**
 * Connections through a floating IP keep their translation for as long as they last. They are forgotten when the address
 * leaves the router, or goes to another instance.
 */
function planForgotten(target: NamespaceTarget, { found }: NamespaceActual): RouterOwnStep[] {
  const wanted = new Set(translationsOf(target.wanted.tables).map(({ rule }) => rule));
  const gone = [
    ...translationsOf(found.tables)
      .filter(({ rule }) => !wanted.has(rule))
      .map(({ address }) => address),
    ...found.addresses
      .filter(({ dev, cidr }) => dev.startsWith('qg-') && cidr.endsWith('/32'))
      .map(({ cidr }) => cidr.slice(0, -3))
      .filter((address) => !target.floatingIps.includes(address)),
  ];
  return [...new Set(gone)].map((address) => ({
    kind: 'forget-connections',
    address,
    reason: `${address} no longer leads where it led`,
  }));
}

/** The rules that turn a floating IP into the address of an instance. */
const translationsOf = (tables: Tables) =>
  (tables.nat?.[`${chainPrefix}-PREROUTING`] ?? []).flatMap((rule) => {
    const address = /^-d (\S+)\/32 (?:-i \S+ )?-j DNAT /.exec(rule)?.[1];
    return address === undefined ? [] : [{ rule, address }];
  });
