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
 * Costs no process, unlike `dumpFlows`.
 */
export async function flowPrint(bridge: string): Promise<string> {
  return (await appctl('bridge/dump-flows', [bridge])).replace(
    /(^| )(duration|n_packets|n_bytes|idle_age)=[^,]*,/gm,
    '',
  );
}

/** Lines of a bundle, and how many flows they add and delete. */
export interface FlowPlan {
  lines: string[];
  added: Flow[];
  deleted: Flow[];
}

/**
 * What makes the flows marked with `cookie` equal to `wanted`. Pure. Flows with another mark stay, except where they hold the
 * very match and priority of a wanted one.
 */
export function planFlows(wanted: readonly Flow[], actual: readonly MarkedFlow[], cookie: string): FlowPlan {
  const found = new Map(actual.map((flow) => [identity(flow), flow]));
  const names = new Set(wanted.map(identity));
  const added = wanted.filter((flow) => {
    const same = found.get(identity(flow));
    return same === undefined || same.actions !== flow.actions || same.cookie !== cookie;
  });
  const deleted = actual.filter((flow) => flow.cookie === cookie && !names.has(identity(flow)));
  return {
    lines: [
      ...added.map((flow) => `add ${text(flow, cookie)},actions=${flow.actions}`),
      ...deleted.map((flow) => `delete_strict ${text(flow, cookie)}/-1`),
    ],
    added,
    deleted,
  };
}

/** Applies a plan's lines as one bundle: all of them at once, or, when one is bad, none. */
export async function applyFlows(bridge: string, lines: readonly string[]): Promise<void> {
  if (lines.length === 0) return;
  await run([...ofctl, '--bundle', 'add-flows', bridge, '-'], { stdin: `${lines.join('\n')}\n` });
}
