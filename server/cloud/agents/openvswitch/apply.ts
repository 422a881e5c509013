// Does steps of a plan; neighbours of one kind share a process, rules and flows are loaded at once. Steps are safe to repeat.
import { disableTxOffload } from '../../../host/ethtool.ts';
import { ensureVeth, removeLink, setLinks } from '../../../host/link.ts';
import { changeMeters } from '../../../host/ovs-meters.ts';
import { applyFlows } from '../../../host/ovs-ofctl.ts';
import { removePortCommand, vsctl } from '../../../host/ovs-vsctl.ts';
import { CommandFailed } from '../../../host/run.ts';
import { applyFirewall } from '../firewall/apply.ts';
import type { Step } from './steps.ts';

type Kind = Step['kind'];
type StepOf<K extends Kind> = Extract<Step, { kind: K }>;

/**
 * Does the steps in order; fails at the first that fails, and after all of them when one was a problem to report.
 * False when flows were left out, because their ports had gone meanwhile.
 */
export async function apply(steps: readonly Step[]): Promise<boolean> {
  let isWhole = true;
  for (let at = 0; at < steps.length;) {
    let end = at + 1;
    while (end < steps.length && groupOf(steps[end]!) === groupOf(steps[at]!)) end += 1;
    const group = steps.slice(at, end);
    const kinds = [...new Set(group.map(({ kind }) => kind))];
    const results = await Promise.all(
      kinds.map((kind) => applyKind(group.filter((step) => step.kind === kind))),
    );
    if (results.includes(false)) isWhole = false;
    at = end;
  }
  const problems = steps.filter((step) => step.kind === 'report-problem').map((step) => step.reason);
  if (problems.length > 0) throw new Error(problems.join('; '));
  return isWhole;
}

/** Steps of one group do not wait for each other. */
const groupOf = ({ kind }: Step): string =>
  kind === 'change-iptables' || kind === 'change-flows' ? 'rules and flows' : kind;

async function applyKind(steps: readonly Step[]): Promise<boolean | void> {
  const kind = steps[0]!.kind;
  const all = <K extends Kind>(_kind: K) => steps as readonly StepOf<K>[];
  switch (kind) {
    case 'unplug':
      await vsctl(all(kind).map((step) => removePortCommand(step.bridge, step.port)));
      return;
    case 'create-veth':
      await Promise.all(all(kind).map(createVeth));
      return;
    case 'set-link':
      return setLinks(all(kind).map((step) => step.change));
    case 'remove-link':
      await Promise.all(all(kind).map((step) => removeLink(step.name)));
      return;
    case 'change-switch':
      await vsctl(all(kind).flatMap((step) => step.commands));
      return;
    case 'change-flows':
      return (await Promise.all(all(kind).map(({ bridge, lines }) => changeFlows(bridge, lines)))).every(
        Boolean,
      );
    case 'change-meters':
      for (const step of all(kind)) await changeMeters(step.bridge, step);
      return;
    case 'set-sysctl':
    case 'change-ipsets':
    case 'change-iptables':
    case 'forget-connections':
    case 'report-problem':
      return applyFirewall(all(kind));
  }
}

async function createVeth({ ends, mtu }: StepOf<'create-veth'>): Promise<void> {
  // One end may be left of a pair whose other end was moved away.
  await Promise.all(ends.map((name) => removeLink(name)));
  await ensureVeth(...ends);
  await setLinks(ends.map((name) => ({ name, mtu, up: true })));
  await Promise.all(ends.map((name) => disableTxOffload(name)));
}

/** Ports may be unplugged while a pass is under way: their flows are left out, and their end brings the next pass. */
async function changeFlows(bridge: string, lines: readonly string[]): Promise<boolean> {
  try {
    await applyFlows(bridge, lines);
    return true;
  } catch (error) {
    const gone =
      error instanceof CommandFailed && /"([^"]+)": invalid or unknown port/.exec(error.stderr)?.[1];
    if (!gone || !lines.some((line) => line.includes(`"${gone}"`))) throw error;
    // A frame for several ports goes to the others.
    const rest = lines
      .map((line) => line.replaceAll(`,output:"${gone}"`, ''))
      .filter((line) => !line.includes(`"${gone}"`));
    await changeFlows(bridge, rest);
    return false;
  }
}
