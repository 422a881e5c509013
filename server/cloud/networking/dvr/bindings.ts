// Ports of distributed routers are bound to every host the router runs on.
import type { Port } from '../../model/port.ts';
import { distributedPortBindings, networks, ports } from '../../store/networking-tables.ts';
import { portUpdated } from '../notices.ts';
import type { Work } from '../work.ts';

const everywhere = { 'binding:host_id': '', 'binding:vif_type': 'distributed', 'binding:vif_details': {} };

/** Makes the bindings of the interfaces those of the hosts; what is bound right stays as it is. */
export async function bindEverywhere(
  work: Work,
  router_id: string,
  interfaces: readonly Port[],
  hosts: readonly string[],
): Promise<void> {
  const bound = await work.rows.all(distributedPortBindings, { router_id });
  for (const port of interfaces) {
    const own = bound.filter(({ port_id }) => port_id === port.id);
    const lost = own.map(({ host }) => host).filter((host) => !hosts.includes(host));
    const failed = own.filter(({ vif_type }) => vif_type === 'binding_failed').map(({ host }) => host);
    const gone = [...new Set([...lost, ...failed])];
    const missing = hosts.filter((host) => !own.some((row) => row.host === host) || failed.includes(host));
    if (gone.length + missing.length > 0) await work.env.plugin.population?.changing(work, [port]);
    if (port['binding:vif_type'] !== 'distributed')
      await work.rows.update(ports, { id: port.id }, { ...everywhere, l2_up: false });
    if (gone.length > 0) await work.rows.remove(distributedPortBindings, { port_id: port.id, host: gone });
    for (const host of missing) await bindOn(work, router_id, port, host);
    if (gone.length + missing.length === 0) continue;
    await settleDistributedStatus(work, port);
    portUpdated(work, port);
  }
}

async function bindOn(work: Work, router_id: string, port: Port, host: string): Promise<void> {
  const network = await work.rows.find(networks, { id: port.network_id });
  const there = { ...port, 'binding:host_id': host };
  const binding = await work.env.plugin.bindPort(work, there, network!);
  await work.rows.insert(distributedPortBindings, {
    port_id: port.id,
    host,
    router_id,
    vif_type: binding['binding:vif_type'],
    vif_details: binding['binding:vif_details'],
    status: 'DOWN',
  });
}

/** A distributed port is ACTIVE where one of its hosts has wired it. */
export async function settleDistributedStatus(work: Work, port: Port): Promise<void> {
  const active = await work.rows.count(distributedPortBindings, { port_id: port.id, status: 'ACTIVE' });
  const status = active > 0 && port.admin_state_up ? 'ACTIVE' : 'DOWN';
  if (status === port.status) return;
  const revision_number = port.revision_number + 1;
  await work.rows.update(ports, { id: port.id }, { status, revision_number, updated_at: work.now });
}
