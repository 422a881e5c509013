// What the agent can do to the host. Each step is safe to repeat; apply.ts does them, neighbours of one kind in one process.
import type { LinkChange } from '../../../host/link.ts';
import type { MarkedFlow } from '../../../host/ovs-ofctl.ts';
import type { Meter } from '../../../host/ovs-meters.ts';
import type { VsctlCommand } from '../../../host/ovs-vsctl.ts';
import type { FirewallStep } from '../firewall/steps.ts';

export type Step =
  | FirewallStep
  | ({ reason: string } &
      /** A transaction of its own: a port that is put in again in the same one would keep its dead device. */
      (
        | { kind: 'unplug'; port: string; bridge: string }
        | { kind: 'create-veth'; ends: [string, string]; mtu: number }
        | { kind: 'set-link'; change: LinkChange }
        | { kind: 'remove-link'; name: string }
        | { kind: 'change-switch'; commands: VsctlCommand[] }
        | { kind: 'change-meters'; bridge: string; added?: Meter[]; changed?: Meter[]; removed?: number[] }
        | { kind: 'change-flows'; bridge: string; lines: string[]; after: MarkedFlow[] }
      ));
