// Which DHCP agents serve a network, and the port each of them has on it.
import { createHash } from 'node:crypto';
import type { Agent } from '../model/agent.ts';
import type { Network } from '../model/network.ts';
import type { Port } from '../model/port.ts';
import type { Subnet } from '../model/subnet.ts';
import { agents, networkAgents, networks, ports, subnets } from '../store/networking-tables.ts';
import { isUsable } from './alive.ts';
import { addressesOf, replaceAddresses } from './ipam.ts';
import { inOrder } from './load-order.ts';
import { portConcernsRouters } from './dvr/hosts.ts';
import { dhcpHosts, forgetDhcpHosts, portUpdated } from './notices.ts';
import { bindPortsTo } from './router-ports.ts';
import { subnetsOf } from './rules/load.ts';
import { createPort } from './rules/port-create.ts';
import { removePort } from './rules/port-remove.ts';
import type { Work } from './work.ts';
import { spread } from './zones.ts';

/** `dhcp<uuid5 of the host>-<network>`: the same port is found again after a restart. */
export function dhcpDeviceId(host: string, network_id: string): string {
  return `dhcp${uuid5(host.split('.')[0]!)}-${network_id}`;
}

/** Name-based UUID in the DNS name space (RFC 4122, 4.3). */
function uuid5(name: string): string {
  const space = Buffer.from('6ba7b8109dad11d180b400c04fd430c8', 'hex');
  const hash = createHash('sha1').update(space).update(name).digest().subarray(0, 16);
  hash[6] = (hash[6]! & 0x0f) | 0x50;
  hash[8] = (hash[8]! & 0x3f) | 0x80;
  return hash.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

const servedSubnets = async (work: Work, network_id: string): Promise<Subnet[]> =>
  (await subnetsOf(work, network_id)).filter(({ enable_dhcp }) => enable_dhcp);

/** Gives the network to the least loaded DHCP agents until `dhcp_agents_per_network` serve it, if it has a use for them. */
export async function scheduleNetwork(work: Work, network_id: string): Promise<void> {
  if ((await servedSubnets(work, network_id)).length === 0) return;
  const serving = (await dhcpHosts(work, network_id)).length;
  const missing = work.env.settings.dhcp_agents_per_network - serving;
  if (missing <= 0) return;
  const bound = new Set((await work.rows.all(networkAgents, { network_id })).map(({ agent_id }) => agent_id));
  const all = await work.rows.all(agents, { agent_type: 'DHCP agent' });
  const usable = all.filter((agent) => isUsable(work.env, agent) && !bound.has(agent.id));
  if (usable.length === 0) return;
  const order = await inOrder(work, networkAgents, usable);
  const network = await work.rows.find(networks, { id: network_id });
  const chosen = spread(order, {
    serving: all.filter(({ id }) => bound.has(id)),
    hints: network?.availability_zone_hints ?? [],
    count: missing,
  });
  for (const agent of chosen) await bindNetwork(work, network_id, agent);
}

/** A DHCP agent came into service: networks that lack an agent get one, if that is not switched off. */
export async function scheduleNetworks(work: Work): Promise<void> {
  if (!work.env.settings.network_auto_schedule) return;
  const served = await work.rows.all(subnets, { enable_dhcp: true });
  for (const network_id of new Set(served.map((subnet) => subnet.network_id)))
    await scheduleNetwork(work, network_id);
}

/** Lets an agent serve a network and tells it. */
export async function bindNetwork(work: Work, network_id: string, agent: Agent): Promise<void> {
  await work.rows.insert(networkAgents, { network_id, agent_id: agent.id });
  forgetDhcpHosts(work, network_id);
  await syncDhcpPorts(work, network_id);
  tellAgent(work, 'network_create_end', network_id, agent.host);
}

/** Takes a network from an agent, with its port, and tells it. */
export async function unbindNetwork(work: Work, network_id: string, agent: Agent): Promise<void> {
  await work.rows.remove(networkAgents, { network_id, agent_id: agent.id });
  forgetDhcpHosts(work, network_id);
  const device_id = dhcpDeviceId(agent.host, network_id);
  for (const port of await work.rows.all(ports, { network_id, device_id })) await removePort(work, port);
  tellAgent(work, 'network_delete_end', network_id, agent.host);
}

/** Lets another agent serve a network in place of one; the port, with its addresses, goes along. Both are told. */
export async function moveNetwork(
  work: Work,
  network_id: string,
  { from, to }: { from: Agent; to: Agent },
): Promise<void> {
  await work.rows.update(networkAgents, { network_id, agent_id: from.id }, { agent_id: to.id });
  forgetDhcpHosts(work, network_id);
  const device_id = dhcpDeviceId(to.host, network_id);
  const former = { network_id, device_id: dhcpDeviceId(from.host, network_id) };
  for (const port of await work.rows.all(ports, former)) {
    await work.rows.update(ports, { id: port.id }, { device_id });
    await bindPortsTo(work, [port], to.host);
    await portConcernsRouters(work, port);
  }
  await syncDhcpPorts(work, network_id);
  tellAgent(work, 'network_delete_end', network_id, from.host);
  tellAgent(work, 'network_create_end', network_id, to.host);
}

/** Tells the DHCP agent of a host that it got or lost a network. */
export function tellAgent(
  work: Work,
  method: 'network_create_end' | 'network_delete_end',
  network_id: string,
  server: string,
): void {
  work.casts.push({ topic: 'dhcp_agent', method, args: { payload: { network_id } }, server });
}

/** Every serving agent has a port with an address on each subnet with DHCP, and none when there is no such subnet. */
export async function syncDhcpPorts(work: Work, network_id: string): Promise<void> {
  const network = await work.rows.find(networks, { id: network_id });
  if (network === undefined) return;
  const served = await servedSubnets(work, network_id);
  for (const host of await dhcpHosts(work, network_id)) await syncDhcpPort(work, network, host, served);
}

async function syncDhcpPort(
  work: Work,
  network: Network,
  host: string,
  served: readonly Subnet[],
): Promise<void> {
  const device_id = dhcpDeviceId(host, network.id);
  const port = await work.rows.find(ports, { network_id: network.id, device_id });
  const fixed_ips = served.map(({ id }) => ({ subnet_id: id }));
  if (served.length === 0) {
    if (port !== undefined) await removePort(work, port);
  } else if (port === undefined) {
    await createPort(work, {
      network_id: network.id,
      tenant_id: network.tenant_id,
      device_id,
      device_owner: 'network:dhcp',
      'binding:host_id': host,
      fixed_ips,
    });
  } else await moveAddresses(work, port, fixed_ips);
}

async function moveAddresses(work: Work, port: Port, fixed_ips: { subnet_id: string }[]): Promise<void> {
  const had = (await addressesOf(work, port.id)).map(({ subnet_id }) => subnet_id);
  if (had.length === fixed_ips.length && fixed_ips.every(({ subnet_id }) => had.includes(subnet_id))) return;
  await work.env.plugin.population?.changing(work, [port]);
  await replaceAddresses(work, port, fixed_ips);
  portUpdated(work, port);
}
