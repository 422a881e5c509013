// Ports: MAC, addresses, security and binding when made; what follows from each change; what must not be deleted.
import { familyOf } from '../../../lib/cidr.ts';
import { CloudError } from '../../../lib/errors.ts';
import type { CreateOf, UpdateOf } from '../../../lib/resource.ts';
import {
  agentGatewayOwner,
  distributedOwner,
  floatingipOwner,
  gatewayOwner,
  isRouterPort,
} from '../../model/device-owners.ts';
import { neutronError } from '../../model/errors.ts';
import type { Network } from '../../model/network.ts';
import type { port, Port } from '../../model/port.ts';
import type { FixedIp } from '../../model/specs.ts';
import {
  agents,
  floatingips,
  groupBindings,
  ipAllocations,
  networks,
  ports,
  routers,
} from '../../store/networking-tables.ts';
import { portConcernsRouters } from '../dvr/hosts.ts';
import { replaceAddresses, takeAddresses, withAutomatic } from '../ipam.ts';
import { freshMac } from '../mac.ts';
import { groupsChanged, portUpdated, routerChanged, tellDhcpAgents } from '../notices.ts';
import { scheduleNetwork } from '../schedule-dhcp.ts';
import { ofOthers, ownedBy } from '../sharing.ts';
import { settleStatus } from '../status.ts';
import type { Item, Rules, Work } from '../work.ts';
import { ensureDefaultGroup } from './default-group.ts';
import { getNetwork } from './load.ts';
import { fixedIpsFilter, securityGroupsFilter } from './port-filters.ts';
import { forgetPort, releaseFloatingIps } from './port-remove.ts';
import { checkQosPolicy } from './qos-policy.ts';
import { addGroups, bindGroups, checkedPairs, checkGroups, groupsOf, isTrusted } from './port-security.ts';

type Create = CreateOf<typeof port>;
type Update = UpdateOf<typeof port>;

const shownBy = ['id', 'network_id', 'network_tenant_id'] as const;
const byGroup = { orderBy: [{ column: 'security_group_id' }] };
const unbound = { 'binding:vif_type': 'unbound', 'binding:vif_details': {} };

export const portRules: Rules<Port, Create, Update> = {
  notFound: (port_id) => neutronError('PortNotFound', { port_id }),

  scope: ({ project_id }) => [
    ownedBy(project_id),
    ...ofOthers(project_id, (is) => is('network_tenant_id', '=', project_id)),
  ],

  filters: { fixed_ips: fixedIpsFilter, security_groups: securityGroupsFilter },

  decoratesBy: shownBy,
  async decorate(rows, list: readonly Pick<Port, (typeof shownBy)[number]>[]) {
    const port_id = list.map(({ id }) => id);
    const addresses = new Map<string, FixedIp[]>(port_id.map((id) => [id, []]));
    const groups = new Map<string, string[]>(port_id.map((id) => [id, []]));
    const inPlace = { columns: ['port_id', 'subnet_id', 'ip_address'], orderBy: [{ column: 'position' }] };
    for (const { port_id: id, subnet_id, ip_address } of await rows.all(ipAllocations, { port_id }, inPlace))
      addresses.get(id)!.push({ subnet_id, ip_address });
    for (const bound of await rows.all(groupBindings, { port_id }, byGroup))
      groups.get(bound.port_id)!.push(bound.security_group_id);
    const networkIds = [...new Set(list.map(({ network_id }) => network_id))];
    const found = await rows.all(networks, { id: networkIds }, { columns: ['id', 'qos_policy_id'] });
    const policies = new Map(found.map(({ id, qos_policy_id }) => [id, qos_policy_id]));
    return list.map(({ id, network_id, network_tenant_id }) => ({
      fixed_ips: addresses.get(id)!,
      security_groups: groups.get(id)!,
      qos_network_policy_id: policies.get(network_id) ?? null,
      'network:tenant_id': network_tenant_id,
    }));
  },

  async policyTarget(rows, body) {
    const network = await rows.find(networks, { id: body.network_id as string });
    return { 'network:tenant_id': network?.tenant_id };
  },

  async beforeCreate(work, body, id) {
    const network = await getNetwork(work, body.network_id);
    const mac_address = body.mac_address ?? (await freshMac(work, network.id));
    await checkQosPolicy(work, body.qos_policy_id);
    if (body.mac_address) await refuseTakenMac(work, network.id, mac_address);
    const port_security_enabled = securityOf(body, network);
    const allowed_address_pairs = checkedPairs(work, body.allowed_address_pairs, {
      mac_address,
      port_security_enabled,
    });
    const host = body['binding:host_id'] ?? '';
    const made = {
      mac_address,
      port_security_enabled,
      allowed_address_pairs,
      status: body.device_owner === 'network:floatingip' ? 'N/A' : 'DOWN',
      'binding:host_id': host,
      'binding:profile': body['binding:profile'] ?? {},
      l2_up: false,
      network_tenant_id: network.tenant_id,
      // `deferred` is for subnets of segments, of which there are none
      ip_allocation: body.fixed_ips?.length === 0 ? 'none' : 'immediate',
      qos_policy_id: body.qos_policy_id ?? null,
      dhcp_ready: false,
    };
    const bound = await bindingOf(work, { ...body, ...made, id } as unknown as Port, network);
    return { ...made, ...bound };
  },

  async afterCreate(work, row, body) {
    await takeAddresses(work, row, body.fixed_ips);
    const groups = await groupsForNew(work, row, body.security_groups);
    await addGroups(work, row.id, groups);
    if (row.device_owner === 'network:floatingip') return;
    if (row.device_owner !== 'network:dhcp') await scheduleNetwork(work, row.network_id);
    groupsChanged(work, 'member', groups);
    await tellDhcpAgents(work, 'port_create_end', { network_id: row.network_id, port_id: row.id });
    if (row['binding:host_id'] !== '') portUpdated(work, row);
    await portConcernsRouters(work, row);
  },

  async beforeUpdate(work, row, changes) {
    await checkQosPolicy(work, changes.qos_policy_id, row.qos_policy_id);
    await work.env.plugin.population?.changing(work, [row]);
    const mac_address = await macAfter(work, row, changes.mac_address);
    const port_security_enabled = changes.port_security_enabled ?? row.port_security_enabled;
    const groups = changes.security_groups === null ? [] : changes.security_groups;
    const pairs = changes.allowed_address_pairs ?? row.allowed_address_pairs;
    const allowed_address_pairs = checkedPairs(work, pairs, { mac_address, port_security_enabled });
    await checkGroupsOnUpdate(work, row, port_security_enabled, groups);
    const further: Item = { allowed_address_pairs, mac_address };
    if (changes['binding:profile'] === null) further['binding:profile'] = {};
    const host = changes['binding:host_id'] === null ? '' : changes['binding:host_id'];
    if (
      host !== undefined &&
      (host !== row['binding:host_id'] || row['binding:vif_type'] === 'binding_failed')
    ) {
      const network = await getNetworkOf(work, row);
      const moved = { ...row, 'binding:host_id': host };
      Object.assign(further, { 'binding:host_id': host, status: 'DOWN', l2_up: false });
      Object.assign(further, await bindingOf(work, moved, network));
    }
    return further;
  },

  async afterUpdate(work, row, before, changes) {
    const oldGroups = await groupsOf(work, row.id);
    const areAddressesNew = changes.fixed_ips !== undefined || before.mac_address !== row.mac_address;
    if (areAddressesNew) {
      const asked = await withAutomatic(work, row, changes.fixed_ips);
      const addresses = await replaceAddresses(work, row, asked);
      await refuseMovedRouterPort(work, row, addresses);
      await releaseLostAddresses(work, row, addresses);
    }
    if (changes.security_groups !== undefined) await bindGroups(work, row.id, changes.security_groups ?? []);
    const groups = await groupsOf(work, row.id);
    if (areAddressesNew || changes.security_groups !== undefined || changes.allowed_address_pairs)
      groupsChanged(work, 'member', [...new Set([...oldGroups, ...groups])]);
    portUpdated(work, row);
    await tellDhcpAgents(work, 'port_update_end', { network_id: row.network_id, port_id: row.id });
    await tellRouters(work, row);
    await portConcernsRouters(work, row);
    if (before.admin_state_up !== row.admin_state_up) await settleStatus(work, row);
  },

  async beforeDelete(work, row) {
    const owner = row.device_owner;
    const isService = isRouterPort(owner) || owner === floatingipOwner || owner === agentGatewayOwner;
    if (isService && (await isDeviceThere(work, row)))
      throw neutronError('ServicePortInUse', { port_id: row.id, reason: `has device owner ${owner}` });
    await releaseFloatingIps(work, row.id);
    await forgetPort(work, row);
    if (owner.startsWith('compute:'))
      work.afterCommit.push(() => work.env.serverEvents.portChanged({ port: row, event: 'deleted' }));
  },
};

/** How the host plugs it; unbound while it has no host (floating IP ports never have). */
async function bindingOf(work: Work, row: Port, network: Network) {
  if (row.device_owner === distributedOwner) return { ...unbound, 'binding:vif_type': 'distributed' };
  if (row['binding:host_id'] === '' || row.device_owner === floatingipOwner) return unbound;
  return work.env.plugin.bindPort(work, row, network);
}

async function getNetworkOf(work: Work, row: Port): Promise<Network> {
  return (await work.rows.find(networks, { id: row.network_id }))!;
}

const securityOf = (body: Create, network: Network): boolean =>
  body.port_security_enabled ?? (isTrusted(body.device_owner) ? false : network.port_security_enabled);

async function refuseTakenMac(work: Work, net_id: string, mac: string): Promise<void> {
  if ((await work.rows.count(ports, { network_id: net_id, mac_address: mac })) > 0)
    throw neutronError('MacAddressInUse', { net_id, mac });
}

/** The MAC address after a change: null draws a new one. */
async function macAfter(work: Work, row: Port, asked: string | null | undefined): Promise<string> {
  if (asked === undefined || asked === row.mac_address) return row.mac_address;
  const mac = asked ?? (await freshMac(work, row.network_id));
  refuseBound(row, mac);
  await refuseTakenMac(work, row.network_id, mac);
  return mac;
}

/** The IPv4 addresses of a router's own ports do not change in place: what is translated and announced hangs on them. */
async function refuseMovedRouterPort(
  work: Work,
  row: Port,
  { before, after }: { before: FixedIp[]; after: FixedIp[] },
): Promise<void> {
  const owner = row.device_owner;
  if (!isRouterPort(owner) || owner === gatewayOwner || !(await isDeviceThere(work, row))) return;
  const addressesOf = (list: FixedIp[]) =>
    list.flatMap(({ ip_address }) => (familyOf(ip_address) === 4 ? ip_address : [])).sort();
  if (addressesOf(before).join() !== addressesOf(after).join())
    throw new CloudError(400, 'IPAddressChangeNotAllowed', `IP updates for port ${row.id} are not allowed`);
}

function refuseBound(row: Port, mac: string): void {
  const type = row['binding:vif_type'];
  if (type === 'unbound' || type === 'binding_failed') return;
  throw new CloudError(
    409,
    'PortBound',
    `Unable to complete operation on port ${row.id}, port is already bound, port type: ${type}, old_mac ${row.mac_address}, new_mac ${mac}.`,
  );
}

/** The groups named, or the project's default group; none for trusted ports and without port security. */
async function groupsForNew(
  work: Work,
  row: Port,
  named: readonly string[] | null | undefined,
): Promise<string[]> {
  if (named !== undefined && named !== null) {
    if (named.length > 0 && !row.port_security_enabled)
      throw neutronError('PortSecurityAndIPRequiredForSecurityGroups');
    await checkGroups(work, named, row.tenant_id);
    return [...named];
  }
  if (!row.port_security_enabled || isTrusted(row.device_owner)) return [];
  const group = await ensureDefaultGroup(work, row.tenant_id);
  return group === undefined ? [] : [group.id];
}

async function checkGroupsOnUpdate(
  work: Work,
  row: Port,
  isSecure: boolean,
  groups: string[] | undefined,
): Promise<void> {
  if (groups !== undefined) await checkGroups(work, groups, row.tenant_id);
  if (isSecure) return;
  if (groups !== undefined && groups.length > 0)
    throw neutronError('PortSecurityAndIPRequiredForSecurityGroups');
  if (groups === undefined && (await groupsOf(work, row.id)).length > 0)
    throw neutronError('PortSecurityPortHasSecurityGroup');
}

async function releaseLostAddresses(
  work: Work,
  row: Port,
  { before, after }: { before: FixedIp[]; after: FixedIp[] },
) {
  for (const { ip_address } of before)
    if (!after.some((address) => address.ip_address === ip_address))
      await releaseFloatingIps(work, row.id, ip_address);
}

/** Routers that the port belongs to, or that translate a floating IP to it. */
async function tellRouters(work: Work, row: Port): Promise<void> {
  if (isRouterPort(row.device_owner)) await routerChanged(work, row.device_id);
  for (const { router_id } of await work.rows.all(floatingips, { port_id: row.id }))
    if (router_id !== null) await routerChanged(work, router_id);
}

async function isDeviceThere(work: Work, row: Port): Promise<boolean> {
  const where = { id: row.device_id };
  if (row.device_owner === floatingipOwner) return (await work.rows.count(floatingips, where)) > 0;
  if (row.device_owner === agentGatewayOwner) return (await work.rows.count(agents, where)) > 0;
  return (await work.rows.count(routers, where)) > 0;
}
