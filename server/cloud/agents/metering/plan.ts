// The steps from the chains that a namespace has to those that should count in it. Pure.
import { planIptables, type Tables } from '../../../host/iptables.ts';
import type { Step } from '../../../lib/reconcile.ts';
import type { PlaceTarget } from './desired.ts';
import { chainPrefix } from './tables.ts';

export const families = [4, 6] as const;

/** What iptables and ip6tables hold. */
export type FoundTables = Record<4 | 6, Tables>;

export interface MeteringStep extends Step {
  kind: 'load-tables';
  family: 4 | 6;
  input: string;
  /** Chains that count from nothing afterwards. */
  made: string[];
}

/** Makes the counting chains of a namespace what is wanted. */
export function planPlace(target: PlaceTarget | undefined, actual: FoundTables): MeteringStep[] {
  return families.flatMap((family): MeteringStep[] => {
    const tables = target?.tables[family] ?? {};
    const { input, reasons } = planIptables(tables, actual[family], chainPrefix);
    if (input === '') return [];
    const loaded = new Set([...input.matchAll(/^:(\S+) /gm)].map(([, chain]) => chain!));
    const made = Object.keys(tables.filter ?? {}).filter((chain) => loaded.has(chain));
    return [{ kind: 'load-tables', family, input, made, reason: reasons.join('; ') }];
  });
}
