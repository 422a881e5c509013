// What Compute asks Networking: whether a request's networks, ports and groups exist, and the addresses of instances.
import { ApiFailure, type Session } from '../client/session.ts';
import type { RequestContext } from '../model/context.ts';
import type { RequestedNetwork, VifSpec } from '../model/instance.ts';
import { badRequest, conflict } from './failure.ts';

interface Network {
  id: string;
  name: string;
  shared: boolean;
  'router:external': boolean;
  tenant_id: string;
  port_security_enabled?: boolean;
  subnets: string[];
}
export interface Port {
  id: string;
  network_id: string;
  tenant_id: string;
  device_id: string;
  mac_address: string;
  status: string;
  fixed_ips: { subnet_id: string; ip_address: string }[];
}

type Asker = Pick<Session, 'request'>;
const patienceMs = 10_000;

/** The items of a collection of Networking, by its name in paths; throws ApiFailure. */
export async function getNetworking<Item>(
  session: Asker,
  name: string,
  query: Record<string, string | readonly string[]> = {},
): Promise<Item[]> {
  const path = `/v2.0/${name}`;
  const answer = await session.request<Record<string, Item[]>>('network', {
    method: 'GET',
    path,
    query,
    timeoutMs: patienceMs,
  });
  return answer.body[name.replaceAll('-', '_')] ?? [];
}

/** Completes and checks the networks of a request; throws 400 or 409 as Nova does. */
export async function resolveNetworks(
  session: Asker,
  caller: RequestContext,
  requested: RequestedNetwork[] | undefined,
): Promise<RequestedNetwork[]> {
  if (requested === undefined || requested.length === 0) return chooseNetwork(session, caller);
  const network_ids = [...new Set(requested.flatMap(({ network_id }) => network_id ?? []))];
  const port_ids = requested.flatMap(({ port_id }) => port_id ?? []);
  const [networks, ports] = await Promise.all([
    network_ids.length === 0 ? [] : getNetworking<Network>(session, 'networks', { id: network_ids }),
    port_ids.length === 0 ? [] : getNetworking<Port>(session, 'ports', { id: port_ids }),
  ]);
  for (const id of network_ids) {
    const network = networks.find((found) => found.id === id);
    if (network === undefined || !(await mayUse(session, network, caller)))
      throw badRequest(`Network ${id} could not be found.`);
    if (network.subnets.length === 0)
      throw badRequest(`Network ${id} requires a subnet in order to boot instances on.`);
  }
  return requested.map(({ network_id, port_id, fixed_ip }) => {
    if (port_id === undefined)
      return { network_id: network_id!, ...(fixed_ip === undefined ? {} : { fixed_ip }) };
    const port = ports.find((found) => found.id === port_id);
    if (port === undefined || (port.tenant_id !== caller.project_id && !caller.is_admin))
      throw badRequest(`Port id ${port_id} could not be found.`);
    if (port.device_id !== '') throw conflict(`Port ${port_id} is still in use.`);
    return { port_id, network_id: port.network_id };
  });
}

const mayUse = async (session: Asker, network: Network, caller: RequestContext): Promise<boolean> =>
  caller.is_admin ||
  network.shared ||
  network.tenant_id === caller.project_id ||
  (await sharedWith(session, caller.project_id)).has(network.id);

/** Ids of the networks that are shared with this project alone. */
async function sharedWith(session: Asker, target_tenant: string): Promise<Set<string>> {
  const query = { object_type: 'network', action: 'access_as_shared', target_tenant };
  const policies = await getNetworking<{ object_id: string }>(session, 'rbac-policies', query);
  return new Set(policies.map(({ object_id }) => object_id));
}

/** Without a word about networks: the project's only network, else a shared one, else none. */
async function chooseNetwork(session: Asker, caller: RequestContext): Promise<RequestedNetwork[]> {
  const own = await getNetworking<Network>(session, 'networks', { tenant_id: caller.project_id });
  const all = own.length > 0 ? own : await sharedNetworks(session, caller);
  const usable = all.filter((network) => !network['router:external'] && network.subnets.length > 0);
  if (usable.length > 1)
    throw conflict('Multiple possible networks found, use a Network ID to be more specific.');
  return usable.map(({ id }) => ({ network_id: id }));
}

/** Networks of others that every project, or the caller's, may use. */
async function sharedNetworks(session: Asker, { project_id }: RequestContext): Promise<Network[]> {
  const id = [...(await sharedWith(session, project_id))];
  const [forAll, forOne] = await Promise.all([
    getNetworking<Network>(session, 'networks', { shared: 'True' }),
    id.length === 0 ? [] : getNetworking<Network>(session, 'networks', { id }),
  ]);
  return [...forAll, ...forOne.filter((network) => !forAll.some((other) => other.id === network.id))];
}

/** Ids of the groups named; null when Networking's own choice is meant. Throws 400 for an unknown name. */
export async function resolveGroups(
  session: Asker,
  project_id: string,
  names: readonly string[],
): Promise<string[] | null> {
  if (names.length === 1 && names[0] === 'default') return null;
  if (names.length === 0) return null;
  const groups = await getNetworking<{ id: string; name: string }>(session, 'security-groups', {
    tenant_id: project_id,
  });
  return names.map((name) => {
    const found = groups.filter((group) => group.id === name || group.name === name);
    if (found.length === 0) throw badRequest(`Security group ${name} not found for project ${project_id}.`);
    if (found.length > 1)
      throw conflict(`Multiple security groups found matching '${name}'. Use an ID to be more specific.`);
    return found[0]!.id;
  });
}

/** One address of an instance as `addresses` shows it. */
export interface Address {
  version: 4 | 6;
  addr: string;
  'OS-EXT-IPS:type': 'fixed' | 'floating';
  'OS-EXT-IPS-MAC:mac_addr': string;
}

export interface NetworkedInstance {
  id: string;
  network_info: VifSpec[] | null;
}

/** Addresses by instance id and network name: from Networking, or as last known where it does not answer. */
export async function addressesOf(
  session: Asker,
  instances: readonly NetworkedInstance[],
): Promise<Map<string, Record<string, Address[]>>> {
  const known = instances.flatMap(({ network_info }) => network_info ?? []);
  const ids = known.map(({ port_id }) => port_id);
  let ports = new Map<string, Port>();
  let floating: { port_id: string; fixed_ip_address: string; floating_ip_address: string }[] = [];
  if (ids.length > 0)
    try {
      const [found, floatingips] = await Promise.all([
        getNetworking<Port>(session, 'ports', { id: ids }),
        getNetworking<(typeof floating)[number]>(session, 'floatingips', { port_id: ids }),
      ]);
      ports = new Map(found.map((port) => [port.id, port]));
      floating = floatingips;
    } catch (error) {
      // What was last known is better than no answer while Networking is away.
      if (error instanceof ApiFailure && error.status < 500) throw error;
    }
  return new Map(
    instances.map(({ id, network_info }) => {
      const addresses: Record<string, Address[]> = {};
      for (const vif of network_info ?? []) {
        const list = (addresses[vif.network_name] ??= []);
        const mac = ports.get(vif.port_id)?.mac_address ?? vif.mac_address;
        for (const { ip_address } of ports.get(vif.port_id)?.fixed_ips ?? vif.fixed_ips) {
          list.push(addressOf(ip_address, 'fixed', mac));
          for (const float of floating)
            if (float.port_id === vif.port_id && float.fixed_ip_address === ip_address)
              list.push(addressOf(float.floating_ip_address, 'floating', mac));
        }
      }
      return [id, addresses] as const;
    }),
  );
}

const addressOf = (addr: string, type: 'fixed' | 'floating', mac: string): Address => ({
  version: addr.includes(':') ? 6 : 4,
  addr,
  'OS-EXT-IPS:type': type,
  'OS-EXT-IPS-MAC:mac_addr': mac,
});
