// The steps from what the host has for a router to what it should have. Pure.
import type { Tables } from '../../../host/iptables.ts';
import { planProxy, type ProxyStep } from '../metadata-proxy.ts';
import { planNamespace, planRemoval, withoutDeadDevices, type NamespaceStep } from '../namespace-plan.ts';
import type { RouterActual } from './actual.ts';
import type { RouterTarget } from './desired.ts';
import { chainPrefix } from './nat.ts';

export type RouterStep =
  | NamespaceStep
  | ProxyStep
  | { kind: 'announce'; device: string; address: string; reason: string }
  | { kind: 'forget-connections'; address: string; reason: string };

export function planRouter(target: RouterTarget | undefined, actual: RouterActual): RouterStep[] {
  if (target === undefined)
    return [...planProxy(undefined, actual.proxy), ...planRemoval(actual.namespace, actual.own)];
  return [
    ...planNamespace(target.namespace, actual.namespace, actual.own),
    ...planAnnouncements(target, actual),
    ...planForgotten(target, actual),
    ...planProxy(target.proxy, actual.proxy),
  ];
}

/** Neighbours may still know an address under the MAC address of whoever had it before. */
function planAnnouncements(target: RouterTarget, actual: RouterActual): RouterStep[] {
  const namespace = withoutDeadDevices(actual.namespace, target.namespace);
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
function planForgotten(target: RouterTarget, { namespace }: RouterActual): RouterStep[] {
  const wanted = new Set(translationsOf(target.namespace.tables).map(({ rule }) => rule));
  const gone = [
    ...translationsOf(namespace.tables)
      .filter(({ rule }) => !wanted.has(rule))
      .map(({ address }) => address),
    ...namespace.addresses
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
