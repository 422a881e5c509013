// What the agent can do to the host. Each step is safe to repeat; apply.ts does them, neighbours of one kind in one process.
import type { IpArgs } from '../../../host/ip.ts';
import type { VsctlCommand } from '../../../host/ovs-vsctl.ts';
import type { TokenBucket } from '../../../host/tc.ts';
import type { FirewallStep } from '../firewall/steps.ts';

export type Step =
  | FirewallStep
  | ({ reason: string } & (
      | { kind: 'ip'; args: IpArgs }
      | { kind: 'change-fdb'; args: string[] }
      | { kind: 'change-ebtables'; input: string }
      /** Without a bucket it is taken away. */
      | { kind: 'set-bucket'; dev: string; bucket?: TokenBucket }
      | { kind: 'change-switch'; commands: VsctlCommand[] }
    ));

export const ip = (args: IpArgs, reason: string): Step => ({ kind: 'ip', args, reason });
export const problem = (reason: string): Step => ({ kind: 'report-problem', reason });
