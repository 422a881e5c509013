// Routing policy and permanent neighbours of an agent's namespace: from what is there to what is wanted. Pure.
import type { IpArgs } from '../../host/ip.ts';
import { removeNeighbourArgs, replaceNeighbourArgs, type Neighbour } from '../../host/neighbour.ts';
import { addRuleArgs, removeRuleArgs, type Rule } from '../../host/rule.ts';

export interface IpStep {
  kind: 'ip';
  args: IpArgs;
  reason: string;
}

/** The table of traffic that leaves by a floating IP. */
export const floatingTable = '16';

/** The table of a router that has no namespace of its own. */
export const rootTable = '17';

/** Rules bear no mark that would not show; Neutron's are known by their numbers, made of addresses. */
const isOurs = ({ priority, table }: Rule) =>
  table === floatingTable || table === rootTable || (priority > 32767 && table === String(priority));

export function planPolicyRules(wanted: readonly Rule[], found: readonly Rule[]): IpStep[] {
  const wantedKeys = new Set(wanted.map(keyOf));
  const foundKeys = new Set(found.map(keyOf));
  return [
    ...wanted
      .filter((rule) => !foundKeys.has(keyOf(rule)))
      .map((rule) => ip(addRuleArgs(rule), `no rule ${rule.priority} for ${nameOf(rule)}`)),
    ...found
      .filter((rule) => isOurs(rule) && !wantedKeys.has(keyOf(rule)))
      .map((rule) => ip(removeRuleArgs(rule), `rule ${rule.priority} for ${nameOf(rule)} is not wanted`)),
  ];
}

export function planNeighbours(wanted: readonly Neighbour[], found: readonly Neighbour[]): IpStep[] {
  const there = new Map(found.map((item) => [placeOf(item), item]));
  const places = new Set(wanted.map(placeOf));
  return [
    ...found
      .filter((item) => item.protocol === 'static' && !places.has(placeOf(item)))
      .map((item) =>
        ip(removeNeighbourArgs(item), `${item.address} is no neighbour on ${item.dev} any more`),
      ),
    ...wanted
      .filter((item) => {
        const now = there.get(placeOf(item));
        return now === undefined || now.mac !== item.mac || now.protocol !== 'static';
      })
      .map((item) =>
        ip(
          replaceNeighbourArgs({ ...item, protocol: 'static' }),
          `${item.address} on ${item.dev} is not known as ${item.mac}`,
        ),
      ),
  ];
}

const ip = (args: IpArgs, reason: string): IpStep => ({ kind: 'ip', args, reason });
const keyOf = ({ priority, from = '', iif = '', table }: Rule) => `${priority} ${from} ${iif} ${table}`;
const nameOf = ({ from, iif }: Rule) => from ?? iif ?? 'all';
const placeOf = ({ dev, address }: Neighbour) => `${dev} ${address}`;
