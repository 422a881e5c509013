// Address scopes in a router: a mark for each, by which traffic may not leave its scope untranslated. Pure.
import { cidrOf, contains } from '../../../lib/cidr.ts';
import type { RouterPortSpec } from '../../model/specs.ts';

/** The upper half of a packet's mark. */
export const scopeMask = '0xffff0000';
const firstMark = 0x400;

/** Marks by device, by IP version, and of fixed addresses; what is missing is in no scope, which is a scope as well. */
export interface ScopeMarks {
  4: Record<string, string>;
  6: Record<string, string>;
  /** The mark of what an internal address belongs to. */
  ofAddress: (address: string) => string;
}

const spelled = (mark: number) => `0x${(mark * 0x10000).toString(16)}/${scopeMask}`;
export const noScope = spelled(firstMark);

/** The marks of a router's devices; undefined when all of them are in no scope. */
export function scopeMarks(
  places: readonly { device: string; port: RouterPortSpec }[],
): ScopeMarks | undefined {
  const scopes = places.flatMap(({ port }) => Object.values(port.address_scopes ?? {}));
  if (scopes.length === 0) return undefined;
  const numbered = [...new Set(scopes)].sort();
  const markOf = (scope: string | undefined) =>
    scope === undefined ? noScope : spelled(firstMark + 1 + numbered.indexOf(scope));
  const marksOf = (version: 4 | 6) =>
    Object.fromEntries(places.map(({ device, port }) => [device, markOf(port.address_scopes?.[version])]));
  return {
    4: marksOf(4),
    6: marksOf(6),
    ofAddress(address) {
      const holder = places.find(({ port }) =>
        port.subnets.some(({ ip_version, cidr }) => ip_version === 4 && contains(cidrOf(cidr), address)),
      );
      return markOf(holder?.port.address_scopes?.[4]);
    },
  };
}
