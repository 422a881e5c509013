// Routing policy (`ip rule`): which table a packet's route is looked up in. Lines (`...Args`) fit into one `ip -batch`.
import type { IpArgs } from './ip.ts';

export interface Rule {
  priority: number;
  /** Source as the kernel prints it: `192.168.101.21`, `192.168.101.1/24`; undefined: any. */
  from?: string;
  /** Device that the packet came in by. */
  iif?: string;
  /** Name or number. */
  table: string;
}

interface IpRule {
  priority: number;
  src?: string;
  srclen?: number;
  iif?: string;
  table?: string;
}

/** What `ip -j rule show` says, in our words. */
export function parseRules(rules: unknown[]): Rule[] {
  return (rules as IpRule[])
    .filter((rule) => rule.table !== undefined)
    .map(({ priority, src, srclen, iif, table }) => ({
      priority,
      ...(src === undefined || src === 'all'
        ? {}
        : { from: srclen === undefined ? src : `${src}/${srclen}` }),
      ...(iif === undefined ? {} : { iif }),
      table: table!,
    }));
}

const words = ({ priority, from = 'all', iif, table }: Rule): string[] => [
  ...['from', from],
  ...(iif === undefined ? [] : ['iif', iif]),
  ...['lookup', table, 'priority', String(priority)],
];

export const addRuleArgs = (rule: Rule): IpArgs => ['rule', 'add', ...words(rule)];
export const removeRuleArgs = (rule: Rule): IpArgs => ['rule', 'delete', ...words(rule)];
