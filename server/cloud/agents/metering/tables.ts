// The chains that count the traffic of routers. Pure; spelt as iptables-save prints them.
import { familyOf } from '../../../lib/cidr.ts';
import type { Tables } from '../../../host/iptables.ts';
import type { MeteringLabelSpec, MeteringRuleSpec } from '../../model/specs.ts';

export const chainPrefix = 'neutron-meter';

/** iptables takes 28 characters: twelve of the label's id. */
const chainOf = (kind: 'l' | 'r', labelId: string) => `${chainPrefix}-${kind}-${labelId}`.slice(0, 28);

/** Where what a label counts comes by, once per packet and rule. */
export const labelChain = (labelId: string): string => chainOf('l', labelId);

/** What is counted at one device. */
export interface Metered {
  /** The device towards the external network; undefined: the router has none, and nothing to count. */
  device: string | undefined;
  labels: readonly MeteringLabelSpec[];
}

/**
 * For one family: FORWARD asks the rules of each label, `neutron-meter-r-...`, what to count; that goes to
 * `neutron-meter-l-...`, whose only rule has no target and so does nothing but count.
 */
export function meteringTables(metered: readonly Metered[], family: 4 | 6): Tables {
  const rules = new Map<string, { excluded: string[]; counted: string[] }>();
  for (const { device, labels } of metered)
    for (const label of labels) {
      const own = label.rules.filter((rule) => familyOfRule(rule) === family);
      if (own.length === 0 && family === 6) continue;
      const known = rules.get(label.id) ?? { excluded: [], counted: [] };
      rules.set(label.id, known);
      if (device === undefined) continue;
      for (const rule of own)
        (rule.excluded ? known.excluded : known.counted).push(
          `${matchOf(rule, device)} -j ${rule.excluded ? 'RETURN' : labelChain(label.id)}`,
        );
    }
  if (rules.size === 0) return {};
  const forward = `${chainPrefix}-FORWARD`;
  const chains: Tables[string] = { FORWARD: [`-j ${forward}`], [forward]: [] };
  for (const [id, { excluded, counted }] of rules) {
    chains[forward]!.push(`-j ${chainOf('r', id)}`);
    chains[chainOf('r', id)] = [...excluded, ...counted];
    chains[labelChain(id)] = [''];
  }
  return { filter: chains };
}

const prefixesOf = ({
  remote_ip_prefix,
  source_ip_prefix,
  destination_ip_prefix,
  direction,
}: MeteringRuleSpec) =>
  remote_ip_prefix === null
    ? { source: source_ip_prefix, destination: destination_ip_prefix }
    : direction === 'egress'
      ? { source: remote_ip_prefix, destination: null }
      : { source: null, destination: remote_ip_prefix };

function familyOfRule(rule: MeteringRuleSpec): 4 | 6 | undefined {
  const { source, destination } = prefixesOf(rule);
  return familyOf((source ?? destination ?? '').split('/')[0]!);
}

function matchOf(rule: MeteringRuleSpec, device: string): string {
  const { source, destination } = prefixesOf(rule);
  // iptables-save leaves out what matches everything
  const match = (flag: string, prefix: string | null) =>
    prefix === null || prefix.endsWith('/0') ? '' : `${flag} ${prefix} `;
  const way = rule.direction === 'egress' ? '-o' : '-i';
  return `${match('-s', source)}${match('-d', destination)}${way} ${device}`;
}
