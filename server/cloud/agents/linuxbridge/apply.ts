// Does steps of a plan; neighbours of one kind share a process. Every step is safe to repeat.
import { restoreEbtables } from '../../../host/ebtables.ts';
import { ipBatch } from '../../../host/ip.ts';
import { vsctl } from '../../../host/ovs-vsctl.ts';
import { setBucket } from '../../../host/tc.ts';
import { bridgeBatch } from '../../../host/tunnel-fdb.ts';
import { applyFirewall } from '../firewall/apply.ts';
import type { Step } from './steps.ts';

type Kind = Step['kind'];

/** Does the steps in order; fails at the first that fails, and after all of them when one was a problem to report. */
export async function apply(steps: readonly Step[]): Promise<void> {
  for (let at = 0; at < steps.length;) {
    const kind = steps[at]!.kind;
    let end = at + 1;
    while (end < steps.length && steps[end]!.kind === kind) end += 1;
    await applyGroup(steps.slice(at, end));
    at = end;
  }
  const problems = steps.filter((step) => step.kind === 'report-problem').map((step) => step.reason);
  if (problems.length > 0) throw new Error(problems.join('; '));
}

async function applyGroup(steps: readonly Step[]): Promise<void> {
  const kind = steps[0]!.kind;
  const all = <K extends Kind>(_kind: K) => steps as readonly Extract<Step, { kind: K }>[];
  switch (kind) {
    case 'ip':
      return ipBatch(all(kind).map((step) => step.args));
    case 'change-fdb':
      return bridgeBatch(all(kind).map((step) => step.args));
    case 'change-ebtables':
      for (const { input } of all(kind)) await restoreEbtables(input);
      return;
    case 'change-switch':
      await vsctl(all(kind).flatMap((step) => step.commands));
      return;
    case 'set-bucket':
      for (const { dev, bucket } of all(kind)) await setBucket(dev, bucket);
      return;
    case 'set-sysctl':
    case 'change-ipsets':
    case 'change-iptables':
    case 'forget-connections':
    case 'report-problem':
      return applyFirewall(all(kind));
  }
}
