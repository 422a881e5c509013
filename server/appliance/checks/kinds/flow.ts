// Is there a flow with this match and these actions on an Open vSwitch bridge?
import { z } from 'zod';
import type { CheckKind } from '../types.ts';

const schema = z.strictObject({
  on: z.string(),
  bridge: z.string(),
  table: z.coerce.string().optional(),
  /** Fields the flow matches, such as in_port and dl_vlan; it may match more. */
  match: z.record(z.string(), z.coerce.string()).default({}),
  /** Actions it has, in this order, others may stand between; a VLAN id is always written mod_vlan_vid:N. */
  actions: z.array(z.string()).default([]),
});

export interface Flow {
  table: string;
  priority: number;
  match: Record<string, string>;
  actions: string[];
  text: string;
}

export const flow: CheckKind<z.infer<typeof schema>> = {
  name: 'flow',
  schema,
  places: ({ on }) => [on],
  run: async ({ exec }, { on, bridge, table, match, actions }) => {
    const argv = ['ovs-ofctl', '--names', '--no-stats', '--timeout=5', 'dump-flows', bridge];
    const { code, stdout, stderr } = await exec(on, argv);
    const flows = parseFlows(stdout).filter((one) => table === undefined || one.table === table);
    const matching = flows.filter((one) =>
      Object.entries(match).every(([key, value]) => one.match[key] === value),
    );
    const found = matching.find((one) => hasInOrder(one.actions, actions));
    const wanted = Object.entries(match).map(([key, value]) => `${key}=${value}`);
    return {
      verdict: found === undefined ? 'failed' : 'passed',
      observed:
        found?.text ??
        (code !== 0 ? stderr.trim() : matching[0] === undefined ? 'no flow matches that' : matching[0].text),
      expected: `a flow on ${bridge} matching ${wanted.join(',')} with actions ${actions.join(',')}`,
      where: `flows of ${bridge} on ${on}`,
      command: { place: on, text: `ovs-ofctl --names --no-stats dump-flows ${bridge}` },
      ...(code === 0 ? {} : { unasked: stderr.trim() }),
    };
  },
};

/** Reads `ovs-ofctl --names --no-stats dump-flows`. */
export function parseFlows(stdout: string): Flow[] {
  return stdout
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line.includes('actions='))
    .map(parseFlow);
}

function parseFlow(text: string): Flow {
  const cut = text.indexOf('actions=');
  const fields = splitOutsideParentheses(text.slice(0, cut).replace(/\s+/g, ','));
  const match: Record<string, string> = {};
  for (const field of fields) {
    const [key = '', value = ''] = field.split(/=(.*)/s);
    match[key] = value.replace(/^"|"$/g, '');
  }
  const { table = '0', priority = '32768', cookie: _cookie, ...rest } = match;
  const actions = splitOutsideParentheses(text.slice(cut + 'actions='.length)).map(normalizeAction);
  return { table, priority: Number(priority), match: rest, actions, text };
}

/** `set_field:4197->vlan_vid` says the same as `mod_vlan_vid:101`; output:"eth1" the same as output:eth1. */
function normalizeAction(action: string): string {
  const set = /^set_field:(0x[0-9a-f]+|\d+)->vlan_vid$/.exec(action);
  if (set !== null) return `mod_vlan_vid:${Number(set[1]) & 0xfff}`;
  return action.replaceAll('"', '').toLowerCase() === 'normal' ? 'NORMAL' : action.replaceAll('"', '');
}

function splitOutsideParentheses(text: string): string[] {
  const parts: string[] = [];
  let depth = 0;
  let part = '';
  for (const character of text) {
    if (character === '(' || character === '[') depth++;
    if (character === ')' || character === ']') depth--;
    if (character === ',' && depth === 0) {
      parts.push(part);
      part = '';
    } else part += character;
  }
  return [...parts, part].map((one) => one.trim()).filter(Boolean);
}

function hasInOrder(actions: string[], wanted: string[]): boolean {
  let from = 0;
  return wanted.every((action) => {
    from = actions.indexOf(action, from) + 1;
    return from > 0;
  });
}
