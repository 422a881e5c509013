// Networks: their segment and MTU, sharing, and what goes with them when they are deleted.
import { agentGatewayOwner, dhcpOwner, floatingipOwner, gatewayOwner } from '../../model/device-owners.ts';
import { invalidInput, neutronError } from '../../model/errors.ts';
import type { network, Network } from '../../model/network.ts';
import type { CreateOf, UpdateOf } from '../../../lib/resource.ts';
import {
  floatingips,
  ipAllocations,
  networks,
  ports,
  rbacPolicies,
  segmentAllocations,
  subnets,
} from '../../store/networking-tables.ts';
import { everybody, sharingActions } from '../../model/rbac-policy.ts';
import { addressScopesBy } from '../desired/router-port-specs.ts';
import { networkChanged, tellDhcpAgents } from '../notices.ts';
import { forgetSharing, losing, ownOrShared, sharedFilter, sharedWith, shareWithAll } from '../sharing.ts';
import type { Rules, Work } from '../work.ts';
import { ensureDefaultGroup } from './default-group.ts';
import { removeFloatingIp } from './floatingip-remove.ts';
import { forgetNetwork } from './load.ts';
import { removePort } from './port-remove.ts';
import { checkQosPolicy, defaultPolicyOf } from './qos-policy.ts';
import { usersOf } from './rbac-users.ts';

type Create = CreateOf<typeof network>;
type Update = UpdateOf<typeof network>;

/** Ports that the server made for itself: they go with the network. */
const ownPorts: readonly string[] = [dhcpOwner, agentGatewayOwner];

export const networkRules: Rules<Network, Create, Update> = {
  notFound: (net_id) => neutronError('NetworkNotFound', { net_id }),

  scope: ownOrShared(sharingActions.network),
  filters: { shared: sharedFilter },

  async decorate(rows, list, _env, { project_id }) {
    const ids = list.map(({ id }) => id);
    const shared = await sharedWith(rows, ids, project_id);
    const found = await rows.all(
      subnets,
      { network_id: ids },
      { orderBy: [{ column: 'created_at' }, { column: 'id' }] },
    );
    const byNetwork = Map.groupBy(found, ({ network_id }) => network_id);
    const scopes = await addressScopesBy(rows, found);
    return list.map(({ id }) => {
      const own = byNetwork.get(id) ?? [];
      const scopeOf = (version: number) =>
        own
          .filter(({ ip_version }) => ip_version === version)
          .map(({ subnetpool_id }) => scopes.get(subnetpool_id ?? ''))
          .find((scope) => scope !== undefined) ?? null;
      return {
        subnets: own.map((subnet) => subnet.id),
        shared: shared.has(id),
        ipv4_address_scope: scopeOf(4),
        ipv6_address_scope: scopeOf(6),
      };
    });
  },

  async beforeCreate(work, body, id) {
    const segment = await work.env.plugin.reserveSegment(work, id, {
      network_type: body['provider:network_type'],
      physical_network: body['provider:physical_network'],
      segmentation_id: body['provider:segmentation_id'],
    });
    await ensureDefaultGroup(work, body.tenant_id!);
    const is_default = body.is_default && body['router:external'];
    if (is_default) await refuseSecondDefault(work, id);
    await checkQosPolicy(work, body.qos_policy_id);
    const qos_policy_id = body.qos_policy_id ?? (await defaultPolicyOf(work, body.tenant_id!));
    return {
      is_default,
      qos_policy_id,
      status: 'ACTIVE',
      mtu: mtuOf(work, segment, body.mtu),
      'provider:network_type': segment.network_type,
      'provider:physical_network': segment.physical_network,
      'provider:segmentation_id': segment.segmentation_id,
    };
  },

  async afterCreate(work, row) {
    await shareWithAll(work, 'network', row, row.shared);
    await shareWithAll(work, 'network', row, row['router:external'], 'access_as_external');
  },

  async beforeUpdate(work, row, changes) {
    await checkQosPolicy(work, changes.qos_policy_id, row.qos_policy_id);
    if (changes.shared === false && row.shared) await refuseUnsharing(work, row);
    if (changes['router:external'] === false && row['router:external']) await refuseInternal(work, row.id);
    const isExternal = changes['router:external'] ?? row['router:external'];
    const is_default = (changes.is_default ?? row.is_default) && isExternal;
    if (is_default && !row.is_default) await refuseSecondDefault(work, row.id);
    if (changes.mtu === undefined) return { is_default };
    const segment = {
      network_type: row['provider:network_type']!,
      physical_network: row['provider:physical_network'],
    };
    return { is_default, mtu: mtuOf(work, segment, changes.mtu) };
  },

  async afterUpdate(work, row, _before, changes) {
    if (changes.shared !== undefined) await shareWithAll(work, 'network', row, changes.shared);
    if (changes['router:external'] === false) await forgetSharing(work, row.id, 'access_as_external');
    if (changes['router:external']) await shareWithAll(work, 'network', row, true, 'access_as_external');
    forgetNetwork(work, row.id);
    networkChanged(work, 'network_update', row.id);
    await tellDhcpAgents(work, 'network_update_end', { network_id: row.id });
  },

  async beforeDelete(work, { id }) {
    const there = await work.rows.all(ports, { network_id: id });
    const free = await work.rows.all(floatingips, { floating_network_id: id, port_id: null });
    const ownIds = new Set(free.map(({ floating_port_id }) => floating_port_id));
    const used = there.filter((port) => !ownPorts.includes(port.device_owner) && !ownIds.has(port.id));
    if (used.length > 0)
      throw neutronError('NetworkInUse', { net_id: id, ports: used.map((port) => port.id).join(',') });
    await tellDhcpAgents(work, 'network_delete_end', { network_id: id });
    for (const floatingip of free) await removeFloatingIp(work, floatingip);
    for (const port of there) if (!ownIds.has(port.id)) await removePort(work, port);
    await work.rows.remove(ipAllocations, { network_id: id });
    await work.rows.remove(subnets, { network_id: id });
    await work.rows.remove(segmentAllocations, { network_id: id });
    await forgetSharing(work, id);
  },

  async afterDelete(work, { id }) {
    forgetNetwork(work, id);
    networkChanged(work, 'network_delete', id);
  },
};

function mtuOf(
  work: Work,
  segment: { network_type: string; physical_network: string | null },
  asked: number | undefined,
): number {
  const maximum = work.env.plugin.maximumMtu(segment.network_type, segment.physical_network);
  if (asked === undefined || asked === 0) return maximum;
  if (asked < 68) throw invalidInput(`Requested MTU is too small, minimum is 68`);
  if (asked > maximum) throw invalidInput(`Requested MTU is too big, maximum is ${maximum}`);
  return asked;
}

/** Others' ports would lose their network. */
async function refuseUnsharing(work: Work, network: Network): Promise<void> {
  const action = 'access_as_shared';
  const policy = { object_type: 'network', object_id: network.id, action, target_tenant: everybody } as const;
  const without = await work.rows.find(rbacPolicies, policy);
  if (without === undefined) return;
  const users = await usersOf(work.rows, policy);
  if ((await losing(work.rows, network, { users, action, without })).length > 0)
    throw neutronError('InvalidSharedSetting', { network: network.name });
}

async function refuseInternal(work: Work, net_id: string): Promise<void> {
  const owners = [gatewayOwner, floatingipOwner];
  if ((await work.rows.count(ports, { network_id: net_id, device_owner: owners })) > 0)
    throw neutronError('ExternalNetworkInUse', { net_id });
}

/** One external network is the default. */
async function refuseSecondDefault(work: Work, id: string): Promise<void> {
  const other = await work.rows.find(networks, { is_default: true });
  if (other !== undefined && other.id !== id)
    throw neutronError('DefaultExternalNetworkExists', { net_id: other.id });
}
