// What the agent can do to the host. Each step is safe to repeat; apply.ts does them, neighbours of one kind in one process.
import type { ZoneConnections } from '../../../host/conntrack.ts';
import type { LinkChange } from '../../../host/link.ts';
import type { VsctlCommand } from '../../../host/ovs-vsctl.ts';

export type Step = { reason: string } &
  /** A transaction of its own: a port that is put in again in the same one would keep its dead device. */
  (
    | { kind: 'unplug'; port: string; bridge: string }
    | { kind: 'create-veth'; ends: [string, string]; mtu: number }
    | { kind: 'set-link'; change: LinkChange }
    | { kind: 'remove-link'; name: string }
    | { kind: 'change-switch'; commands: VsctlCommand[] }
    | { kind: 'set-sysctl'; key: string; value: string }
    | { kind: 'change-ipsets'; lines: string[] }
    | { kind: 'change-iptables'; family: 4 | 6; input: string }
    | { kind: 'change-flows'; bridge: string; lines: string[] }
    | { kind: 'forget-connections'; connections: ZoneConnections }
    /** Nothing the agent can do: the rest is done, then the pass fails with the reason and is tried again. */
    | { kind: 'report-problem' }
  );
