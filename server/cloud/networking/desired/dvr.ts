// What a host must know of distributed routers beyond what all routers have.
import { agentGatewayOwner, snatOwner } from '../../model/device-owners.ts';
import type { Port } from '../../model/port.ts';
import type { Router } from '../../model/router.ts';
import type { DvrSpec, RouterPortSpec } from '../../model/specs.ts';
import { agents, ipAllocations, ports, subnets } from '../../store/networking-tables.ts';
import type { Rows } from '../../store/rows.ts';
import { neighboursOf } from './neighbours.ts';
import { routerPortSpecs } from './router-port-specs.ts';

/** By router id, with a fixed number of queries; `own` are the interfaces and gateways of the routers. */
export async function dvrSpecs(
  rows: Rows,
  host: string,
  list: readonly Router[],
  own: readonly Port[],
): Promise<Map<string, DvrSpec>> {
  const distributed = list.filter((router) => router.distributed);
  if (distributed.length === 0) return new Map();
  const ids = new Set(distributed.map(({ id }) => id));
  const snat = await rows.all(
    ports,
    { device_id: [...ids], device_owner: snatOwner },
    { orderBy: [{ column: 'created_at' }, { column: 'id' }] },
  );
  const agent = await rows.find(agents, { agent_type: 'L3 agent', host });
  const gateways =
    agent === undefined
      ? []
      : await rows.all(ports, { device_id: agent.id, device_owner: agentGatewayOwner });
  const specs = await routerPortSpecs(rows, [...snat, ...gateways]);
  const specBy = new Map<string, RouterPortSpec>(specs.map((spec) => [spec.id, spec]));
  const interfaces = own.filter(({ id, device_id }) => ids.has(device_id) && !isGateway(distributed, id));
  const subnetsByRouter = await subnetsBy(rows, interfaces);
  const all = await rows.all(subnets, { id: [...new Set([...subnetsByRouter.values()].flat())] });
  const neighbours = await neighboursOf(rows, all);
  return new Map(
    distributed.map((router) => {
      const gateway = own.find(({ id }) => id === router.gw_port_id);
      const agentGateway = gateways.find(({ network_id }) => network_id === gateway?.network_id);
      const spec: DvrSpec = {
        snat_interfaces: snat
          .filter(({ device_id }) => device_id === router.id)
          .map(({ id }) => specBy.get(id)!),
        gw_port_host: gateway?.['binding:host_id'] || null,
        agent_gateway: agentGateway === undefined ? null : specBy.get(agentGateway.id)!,
        neighbours: (subnetsByRouter.get(router.id) ?? []).flatMap((id) => neighbours.get(id) ?? []),
      };
      return [router.id, spec];
    }),
  );
}

const isGateway = (list: readonly Router[], port_id: string) =>
  list.some(({ gw_port_id }) => gw_port_id === port_id);

/** Ids of the subnets that each router has interfaces on. */
async function subnetsBy(rows: Rows, interfaces: readonly Port[]): Promise<Map<string, string[]>> {
  const routerBy = new Map(interfaces.map(({ id, device_id }) => [id, device_id]));
  const held = await rows.all(ipAllocations, { port_id: [...routerBy.keys()] });
  const result = new Map<string, string[]>();
  for (const { port_id, subnet_id } of held) {
    const router_id = routerBy.get(port_id)!;
    result.set(router_id, [...new Set([...(result.get(router_id) ?? []), subnet_id])]);
  }
  return result;
}
