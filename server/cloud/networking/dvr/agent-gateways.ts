// Where a host with distributed routers meets an external network: one port per agent while floating IPs need it there.
import { agentGatewayOwner } from '../../model/device-owners.ts';
import { ports } from '../../store/networking-tables.ts';
import { isDistributing, l3Agents } from '../l3-candidates.ts';
import { createPort } from '../rules/port-create.ts';
import { removePort } from '../rules/port-remove.ts';
import type { Work } from '../work.ts';

/** Hosts of the ports that floating IPs of the network reach through distributed routers. */
async function hostsTranslating(work: Work, external_network_id: string): Promise<Set<string>> {
  const found = await work.rows.sql
    .selectFrom('floatingips')
    .innerJoin('ports', 'ports.id', 'floatingips.port_id')
    .innerJoin('routers', 'routers.id', 'floatingips.router_id')
    .select('ports.binding:host_id as host')
    .distinct()
    .where('floatingips.floating_network_id', '=', external_network_id)
    .where('routers.distributed', '=', 1)
    .execute();
  return new Set(found.map(({ host }) => String(host)));
}

/** Makes the ports that are needed on the external network and removes those that are not. */
export async function settleAgentGateways(work: Work, external_network_id: string): Promise<void> {
  const hosts = await hostsTranslating(work, external_network_id);
  const wanted = (await l3Agents(work)).filter((agent) => isDistributing(agent) && hosts.has(agent.host));
  const where = { network_id: external_network_id, device_owner: agentGatewayOwner };
  const present = await work.rows.all(ports, where);
  for (const port of present)
    if (!wanted.some(({ id }) => id === port.device_id)) await removePort(work, port);
  for (const agent of wanted) {
    if (present.some(({ device_id }) => device_id === agent.id)) continue;
    await createPort(work, {
      network_id: external_network_id,
      tenant_id: '',
      device_id: agent.id,
      device_owner: agentGatewayOwner,
      'binding:host_id': agent.host,
    });
  }
}
