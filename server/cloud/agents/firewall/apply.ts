// Does neighbouring steps of the firewall that are of one kind.
import { forgetZone } from '../../../host/conntrack.ts';
import { restoreIpsets } from '../../../host/ipset.ts';
import { restoreTables } from '../../../host/iptables.ts';
import { setSysctls } from '../../../host/sysctl.ts';
import type { FirewallStep, FirewallStepKind } from './steps.ts';

/** `steps` are of one kind. */
export async function applyFirewall(steps: readonly FirewallStep[]): Promise<void> {
  const kind = steps[0]!.kind;
  const all = <K extends FirewallStepKind>(_kind: K) =>
    steps as readonly Extract<FirewallStep, { kind: K }>[];
  switch (kind) {
    case 'set-sysctl':
      return setSysctls(Object.fromEntries(all(kind).map((step) => [step.key, step.value])));
    case 'change-ipsets':
      return restoreIpsets(all(kind).flatMap((step) => step.lines));
    case 'change-iptables':
      await Promise.all(all(kind).map(({ input, family }) => restoreTables(input, { family })));
      return;
    case 'forget-connections':
      await Promise.all(all(kind).map((step) => forgetZone(step.connections)));
      return;
    case 'report-problem':
      return;
  }
}
