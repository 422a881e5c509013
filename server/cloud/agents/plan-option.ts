// `--plan` and `--verify`: an agent says what it would do, and why, without doing it.
import type { Step } from '../../lib/reconcile.ts';

/** Splits `--plan [KEY]` and `--verify` from the words of the command line; the rest goes to the configuration. */
export function parsePlanOption(argv: readonly string[]): {
  mode: 'run' | 'plan';
  key?: string;
  rest: string[];
} {
  const index = argv.findIndex((word) => word === '--plan' || word === '--verify');
  if (index < 0) return { mode: 'run', rest: [...argv] };
  const next = argv[index + 1];
  const key = argv[index] === '--plan' && next !== undefined && !next.startsWith('-') ? next : undefined;
  const rest = argv.filter((_, at) => at !== index && !(key !== undefined && at === index + 1));
  return { mode: 'plan', ...(key === undefined ? {} : { key }), rest };
}

/** The plan as text: one line per step, or a line that says that there is nothing to do. */
export function formatPlan(plans: ReadonlyMap<string, readonly Step[]>): string {
  const lines = [...plans].flatMap(([key, steps]) =>
    steps.map((step) => `${key}  ${step.kind}: ${step.reason}`),
  );
  return lines.length === 0
    ? 'Nothing to do: the host is as the server wants it.\n'
    : `${lines.join('\n')}\n`;
}

/** What a pass did, as one line for the log: the reasons of its steps, the first few in full. */
export function summarize(steps: readonly Step[]): string {
  const shown = steps.slice(0, 4).map(({ kind, reason }) => {
    const short = reason.length > 120 ? `${reason.slice(0, 117)}...` : reason;
    return `${kind} (${short})`;
  });
  const more = steps.length - shown.length;
  return `${shown.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}
