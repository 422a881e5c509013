// What the firewall can do to the host. Each step is safe to repeat; apply.ts does neighbours of one kind in one process.
import type { ZoneConnections } from '../../../host/conntrack.ts';

export type FirewallStep = { reason: string } & (
  | { kind: 'set-sysctl'; key: string; value: string }
  | { kind: 'change-ipsets'; lines: string[] }
  | { kind: 'change-iptables'; family: 4 | 6; input: string }
  | { kind: 'forget-connections'; connections: ZoneConnections }
  /** Nothing the agent can do: the rest is done, then the pass fails with the reason and is tried again. */
  | { kind: 'report-problem' }
);

export type FirewallStepKind = FirewallStep['kind'];
