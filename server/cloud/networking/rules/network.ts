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
  segmentAllocations,
  subnets,
} from '../../store/networking-tables.ts';
import { networkChanged, tellDhcpAgents } from '../notices.ts';
import type { Rules, Work } from '../work.ts';
import { ensureDefaultGroup } from './default-group.ts';
import { removeFloatingIp } from './floatingip-remove.ts';
import { forgetNetwork } from './load.ts';
import { removePort } from './port-remove.ts';

type Create = CreateOf<typeof network>;
type Update = UpdateOf<typeof network>;

/** Ports that the server made for itself: they go with the network. */
const ownPorts: readonly string[] = [dhcpOwner, agentGatewayOwner];

export const networkRules: Rules<Network, Create, Update> = {
  notFound: (net_id) => neutronError('NetworkNotFound', { net_id }),

  scope: (query, { project_id }) =>
    query.where((is) =>
      is.or([is('tenant_id', '=', project_id), is('shared', '=', 1), is('router:external', '=', 1)]),
    ),

  async decorate(rows, list) {
    const found = await rows.all(
      subnets,
      { network_id: list.map(({ id }) => id) },
      { orderBy: [{ column: 'created_at' }, { column: 'id' }] },
    );
    const byNetwork = Map.groupBy(found, ({ network_id }) => network_id);
    return list.map(({ id }) => ({ subnets: (byNetwork.get(id) ?? []).map((subnet) => subnet.id) }));
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
    return {
      is_default,
      status: 'ACTIVE',
      mtu: mtuOf(work, segment, body.mtu),
      'provider:network_type': segment.network_type,
      'provider:physical_network': segment.physical_network,
      'provider:segmentation_id': segment.segmentation_id,
    };
  },

  async beforeUpdate(work, row, changes) {
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

  async afterUpdate(work, row) {
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
async function refuseUnsharing(work: Work, { id, name, tenant_id }: Network): Promise<void> {
  const foreign = await work.rows.all(
    ports,
    { network_id: id },
    {
      limit: 1,
      narrow: (query) => query.where('tenant_id', 'not in', [tenant_id, '']),
    },
  );
  if (foreign.length > 0) throw neutronError('InvalidSharedSetting', { network: name });
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
