// The steps from what the host has for a router to what it should have. Pure.
import type { Tables } from '../../../host/iptables.ts';
import { planDaemon, type DaemonStep } from '../namespace-daemon.ts';
import { planNamespace, planRemoval, withoutDeadDevices, type NamespaceStep } from '../namespace-plan.ts';
import type { NamespaceActual } from './actual.ts';
import type { NamespaceTarget, RouterTarget } from './target.ts';
import { chainPrefix } from './nat.ts';

/** What is done inside one namespace beside the steps that all agents share. */
export type RouterOwnStep =
  | DaemonStep
  | { kind: 'announce'; device: string; address: string; reason: string }
  | { kind: 'forget-connections'; address: string; reason: string };

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
    ...kept.flatMap((part) => inside(part, planPart(wantedIn(part)!, part))),
    ...left.flatMap((part) => inside(part, planGone(part))),
  ];
}

function planPart(target: NamespaceTarget, actual: NamespaceActual): (NamespaceStep | RouterOwnStep)[] {
  return [
    ...planNamespace(target.wanted, actual.found, actual.own),
    ...planAnnouncements(target, actual),
    ...planForgotten(target, actual),
    ...planDaemons(target, actual),
  ];
}

const planGone = ({ daemons, found, own }: NamespaceActual): (NamespaceStep | RouterOwnStep)[] => [
  ...daemons.flatMap((daemon) => planDaemon(undefined, daemon)),
  ...planRemoval(found, own),
];

const planDaemons = (target: NamespaceTarget, actual: NamespaceActual): DaemonStep[] =>
  actual.daemons.flatMap((found) =>
    planDaemon(
      target.daemons.find(({ configFile }) => configFile === found.place.configFile),
      found,
    ),
  );

/** Neighbours may still know an address under the MAC address of whoever had it before. */
function planAnnouncements(target: NamespaceTarget, actual: NamespaceActual): RouterOwnStep[] {
  const namespace = withoutDeadDevices(actual.found, target.wanted);
  return target.announced
    .filter(
      ({ device, address }) =>
        !namespace.addresses.some((found) => found.dev === device && found.cidr.split('/')[0] === address),
    )
    .map(({ device, address }) => ({
      kind: 'announce' as const,
      device,
      address,
      reason: `${address} is new on ${device}`,
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
    const address = /^-d (\S+)\/32 -j DNAT /.exec(rule)?.[1];
    return address === undefined ? [] : [{ rule, address }];
  });
