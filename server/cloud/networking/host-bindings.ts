// Ports of routers that are on several hosts have a binding and a status for each of them.
import { distributedOwner } from '../model/device-owners.ts';
import type { Port } from '../model/port.ts';
import { distributedPortBindings, networks, ports } from '../store/networking-tables.ts';
import { portUpdated } from './notices.ts';
import type { Work } from './work.ts';

const everywhere = { 'binding:host_id': '', 'binding:vif_type': 'distributed', 'binding:vif_details': {} };

/** Binds the interfaces of a distributed router to all of its hosts; their own binding names none. */
export async function bindEverywhere(
  work: Work,
  router_id: string,
  interfaces: readonly Port[],
  hosts: readonly string[],
): Promise<void> {
  for (const port of interfaces)
    if (port['binding:vif_type'] !== 'distributed')
      await work.rows.update(ports, { id: port.id }, { ...everywhere, l2_up: false });
  await bindOnHosts(work, router_id, interfaces, hosts);
}

/** Makes the bindings of a router's ports those of the hosts; what is bound right stays as it is. */
export async function bindOnHosts(
  work: Work,
  router_id: string,
  list: readonly Port[],
  hosts: readonly string[],
): Promise<void> {
  const bound = await work.rows.all(distributedPortBindings, { router_id });
  for (const port of list) {
    const own = bound.filter(({ port_id }) => port_id === port.id);
    const gone = own
      .filter(({ host, vif_type }) => !hosts.includes(host) || vif_type === 'binding_failed')
      .map(({ host }) => host);
    const missing = hosts.filter(
      (host) => gone.includes(host) || !own.some((binding) => binding.host === host),
    );
    if (gone.length + missing.length === 0) continue;
    await work.env.plugin.population?.changing(work, [port]);
    if (gone.length > 0) await work.rows.remove(distributedPortBindings, { port_id: port.id, host: gone });
    for (const host of missing) await bindOn(work, router_id, port, host);
    if (port.device_owner === distributedOwner) await settleDistributedStatus(work, port);
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

/** A host tells which of these ports it has wired. */
export async function hostReported(
  work: Work,
  { host, up, down }: { host: string; up: readonly string[]; down: readonly string[] },
): Promise<void> {
  const bound = await work.rows.all(distributedPortBindings, { port_id: [...up, ...down], host });
  const statusOf = (port_id: string) => (up.includes(port_id) ? 'ACTIVE' : 'DOWN');
  const changed = bound.filter(({ port_id, status }) => status !== statusOf(port_id));
  const touched = await work.rows.all(ports, { id: changed.map(({ port_id }) => port_id) });
  await work.env.plugin.population?.changing(work, touched);
  for (const { port_id } of changed)
    await work.rows.update(distributedPortBindings, { port_id, host }, { status: statusOf(port_id) });
  for (const port of touched)
    if (port.device_owner === distributedOwner) await settleDistributedStatus(work, port);
}
