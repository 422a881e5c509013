// What the QoS policy of a port, or of its network, asks of the port.
import type { Network } from '../../model/network.ts';
import type { Port } from '../../model/port.ts';
import type { QosSpec } from '../../model/specs.ts';
import { bandwidthLimitRules, dscpMarkingRules } from '../../store/networking-tables.ts';
import type { Rows } from '../../store/rows.ts';

/** A network's policy is for the devices on it, not for the ports of the network service. */
const policyOf = (port: Port, network: Network | undefined): string | null =>
  port.qos_policy_id ??
  (/^(network|neutron):/.test(port.device_owner) ? null : (network?.qos_policy_id ?? null));

/** By port id, for the ports that have a policy with rules. */
export async function qosFor(
  rows: Rows,
  list: readonly Port[],
  networks: ReadonlyMap<string, Network>,
): Promise<Map<string, QosSpec>> {
  const policies = new Map(list.map((port) => [port.id, policyOf(port, networks.get(port.network_id))]));
  const qos_policy_id = [...new Set([...policies.values()].filter((id) => id !== null))];
  if (qos_policy_id.length === 0) return new Map();
  const specs = new Map<string, QosSpec>();
  const specOf = (id: string) => specs.get(id) ?? specs.set(id, {}).get(id)!;
  for (const rule of await rows.all(bandwidthLimitRules, { qos_policy_id }))
    specOf(rule.qos_policy_id)[rule.direction] = {
      max_kbps: rule.max_kbps,
      burst_kbits: rule.max_burst_kbps || Math.floor((rule.max_kbps * 4) / 5),
    };
  for (const rule of await rows.all(dscpMarkingRules, { qos_policy_id }))
    specOf(rule.qos_policy_id).dscp_mark = rule.dscp_mark;
  return new Map(
    [...policies].flatMap(([id, policy]) => {
      const spec = policy === null ? undefined : specs.get(policy);
      return spec === undefined ? [] : [[id, spec] as const];
    }),
  );
}
