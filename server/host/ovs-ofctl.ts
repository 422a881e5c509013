// OpenFlow tables of a bridge: reading them, the difference to what is wanted, and one atomic bundle that applies it.
import { appctl } from './ovs-appctl.ts';
import { run } from './run.ts';

/** One flow; `match` and `actions` are spelt as `ovs-ofctl --names dump-flows` prints them. */
export interface Flow {
  table: number;
  priority: number;
  /** '' matches everything. */
  match: string;
  actions: string;
}

/** A flow found on a bridge, with the mark of who made it. */
export interface MarkedFlow extends Flow {
  /** '0x' and hex digits without leading zeroes. */
  cookie: string;
  /** Ends by itself: a flow that the switch learned. */
  isLearned?: boolean;
}

const ofctl = ['ovs-ofctl', '--names', '-O', 'OpenFlow14'];

/** All flows of a bridge. A port that does not exist (any more) is printed as a number. */
export async function dumpFlows(bridge: string): Promise<MarkedFlow[]> {
  return parseFlows((await run([...ofctl, '--no-stats', 'dump-flows', bridge])).stdout);
}

const header =
  /^(cookie|duration|table|n_packets|n_bytes|idle_timeout|hard_timeout|idle_age|importance|send_flow_rem)\b/;
const flags = /^(reset_counts|check_overlap|send_flow_rem|no_packet_counts|no_byte_counts|hidden|readonly)$/;

/** What `ovs-ofctl dump-flows` prints, with or without statistics. */
export function parseFlows(text: string): MarkedFlow[] {
  return text.split('\n').flatMap((line) => {
    const at = line.indexOf('actions=');
    if (at < 0) return [];
    const flow: MarkedFlow = {
      table: 0,
      priority: 32768,
      match: '',
      actions: line.slice(at + 8).trim(),
      cookie: '0x0',
    };
    for (const part of line.slice(0, at).trim().split(', ')) {
      const [name, value = ''] = part.split('=');
      if (name === 'cookie') flow.cookie = value.replace(/,$/, '');
      else if (name === 'table') flow.table = Number(value.replace(/,$/, ''));
      else if (name === 'hard_timeout') flow.isLearned = true;
      else if (!header.test(part)) {
        // Flags stand in front of the match, without a comma: `reset_counts priority=1,ip`.
        const fields = part.split(/[ ,]/).filter((field) => field !== '' && !flags.test(field));
        const priority = fields.find((field) => field.startsWith('priority='));
        if (priority !== undefined) flow.priority = Number(priority.slice(9));
        flow.match = fields.filter((field) => field !== priority).join(',');
      }
    }
    return [flow];
  });
}

const identity = (flow: Flow) => `${flow.table} ${flow.priority} ${flow.match}`;

const text = (flow: Flow, cookie: string) =>
  `table=${flow.table},priority=${flow.priority}${flow.match === '' ? '' : `,${flow.match}`},cookie=${cookie}`;

/**
 * The flows of a bridge as text to compare with an earlier one: without counters and ages, ports as numbers, no cookies.
 * Flows of the switch's own, and those that it learned in the tables `learned`, are left out.
 * Costs no process, unlike `dumpFlows`.
 */
export async function flowPrint(bridge: string, learned: readonly number[] = []): Promise<string> {
  const text = await appctl('bridge/dump-flows', [bridge]);
  const kept = text
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('table_id=254,'))
    .filter((line) => !learned.some((table) => isLearnedLine(line, table)));
  return kept.join('\n').replace(/(^| )(duration|n_packets|n_bytes|idle_age)=[^,]*,/gm, '');
}

/** Number of flows in a print. */
export const countFlows = (print: string): number => (print === '' ? 0 : print.split('\n').length);

const isLearnedLine = (line: string, table: number) =>
  line.startsWith(`table_id=${table},`) && line.includes(' priority=1,');

/** Lines of a bundle, and how many flows they add and delete. */
export interface FlowPlan {
  lines: string[];
  added: Flow[];
  deleted: Flow[];
  /** All flows of the bridge when the lines are applied. */
  after: MarkedFlow[];
}

export interface FlowPlanOptions {
  /** False: flows that are not wanted stay. */
  deletes?: boolean;
  /** Learned flows to be deleted. */
  isOutdated?: (learned: Flow) => boolean;
}

/**
 * What makes the flows marked with `cookie` equal to `wanted`. Pure. Flows with another mark stay, except where they hold the
 * very match and priority of a wanted one; so do learned ones, except those that `isOutdated`.
 * Of two wanted flows with the same match and priority the first counts.
 */
export function planFlows(
  wanted: readonly Flow[],
  actual: readonly MarkedFlow[],
  cookie: string,
  { deletes = true, isOutdated = () => false }: FlowPlanOptions = {},
): FlowPlan {
  const found = new Map(actual.map((flow) => [identity(flow), flow]));
  const byName = new Map<string, Flow>();
  for (const flow of wanted) if (!byName.has(identity(flow))) byName.set(identity(flow), flow);
  const added = [...byName.values()].filter((flow) => {
    const same = found.get(identity(flow));
    return same === undefined || same.actions !== flow.actions || same.cookie !== cookie;
  });
  const isUnwanted = (flow: MarkedFlow) =>
    flow.cookie === cookie && !byName.has(identity(flow)) && (flow.isLearned !== true || isOutdated(flow));
  const deleted = deletes ? actual.filter(isUnwanted) : [];
  const replaced = new Set([...added, ...deleted].map(identity));
  return {
    lines: [
      ...added.map((flow) => `add ${text(flow, cookie)},actions=${flow.actions}`),
      ...deleted.map((flow) => `delete_strict ${text(flow, cookie)}/-1`),
    ],
    added,
    deleted,
    after: [
      ...actual.filter((flow) => !replaced.has(identity(flow))),
      ...added.map((flow) => ({ ...flow, cookie })),
    ],
  };
}

/** Applies a plan's lines as one bundle: all of them at once, or, when one is bad, none. */
export async function applyFlows(bridge: string, lines: readonly string[]): Promise<void> {
  if (lines.length === 0) return;
  await run([...ofctl, '--bundle', 'add-flows', bridge, '-'], { stdin: `${lines.join('\n')}\n` });
}
