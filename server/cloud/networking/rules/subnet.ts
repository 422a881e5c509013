// Subnets: made apart from others of the network, changed under ports that use them, deleted when none does.
import { cidrOf, overlaps } from '../../../lib/cidr.ts';
import type { CreateOf, UpdateOf } from '../../../lib/resource.ts';
import { dhcpOwner, interfaceOwners, isRouterPort } from '../../model/device-owners.ts';
import { invalidInput, neutronError } from '../../model/errors.ts';
import type { subnet, Subnet } from '../../model/subnet.ts';
import {
  haNetworks,
  ipAllocations,
  networks,
  ports,
  routers,
  subnets,
} from '../../store/networking-tables.ts';
import { poolFor } from '../default-subnetpool.ts';
import { addressesOf, eui64, isAutomatic, takeAddresses } from '../ipam.ts';
import { portUpdated, routerChanged, tellDhcpAgents } from '../notices.ts';
import { routerPortOwners } from '../router-ports.ts';
import { scheduleNetwork, syncDhcpPorts } from '../schedule-dhcp.ts';
import { checkServiceTypes, serves } from '../subnet-service.ts';
import { ofOthers, ownedBy, sharedIdsQuery, sharedWith } from '../sharing.ts';
import type { Rules, Work } from '../work.ts';
import { forgetNetwork, getNetwork, subnetsOf } from './load.ts';
import { cidrFromPool } from './subnetpool-take.ts';
import {
  checkAnnounced,
  checkedCidr,
  checkGateway,
  checkGatewayOutside,
  checkIpv6Modes,
  checkPools,
  defaultGateway,
  defaultPools,
} from './subnet-shape.ts';

type Create = CreateOf<typeof subnet>;
type Update = UpdateOf<typeof subnet>;

export const subnetRules: Rules<Subnet, Create, Update> = {
  notFound: (subnet_id) => neutronError('SubnetNotFound', { subnet_id }),

  scope: ({ project_id }) => [
    ownedBy(project_id),
    ...ofOthers(project_id, (is) => {
      const usable = is
        .selectFrom('networks')
        .select('id')
        .where((network) =>
          network.or([
            network('tenant_id', '=', project_id),
            network('id', 'in', sharedIdsQuery(network, project_id)),
          ]),
        );
      return is('network_id', 'in', usable);
    }),
  ],

  async decorate(rows, list, _env, { project_id }) {
    const ids = [...new Set(list.map(({ network_id }) => network_id))];
    const byId = new Map((await rows.all(networks, { id: ids })).map((network) => [network.id, network]));
    const shared = await sharedWith(rows, ids, project_id);
    return list.map(({ network_id }) => {
      const isShared = shared.has(network_id);
      return {
        'network:tenant_id': byId.get(network_id)?.tenant_id,
        'network:shared': isShared,
        shared: isShared,
      };
    });
  },

  async policyTarget(rows, body) {
    const network = await rows.find(networks, { id: body.network_id as string });
    return { 'network:tenant_id': network?.tenant_id };
  },

  async beforeCreate(work, body, id) {
    const network = await getNetwork(work, body.network_id);
    const version = body.ip_version;
    checkServiceTypes(body.service_types);
    const subnetpool_id = await poolFor(work, body);
    const cidr = await prefixOf(work, { ...body, tenant_id: body.tenant_id!, subnetpool_id });
    checkIpv6Modes(body, cidr);
    await refuseOtherPool(work, network.id, { ...body, subnetpool_id });
    await refuseOverlap(work, network.id, cidr);
    const gateway_ip = body.gateway_ip === undefined ? defaultGateway(cidrOf(cidr)) : body.gateway_ip;
    if (gateway_ip !== null) checkGateway(gateway_ip, cidr, version);
    if (body.allocation_pools !== undefined) checkPools(body.allocation_pools, cidr, gateway_ip);
    checkAnnounced(body, { subnet_id: id, ip_version: version, settings: work.env.settings });
    return {
      subnetpool_id,
      cidr,
      gateway_ip,
      allocation_pools: body.allocation_pools ?? defaultPools(cidrOf(cidr), gateway_ip),
    };
  },

  async afterCreate(work, row) {
    forgetNetwork(work, row.network_id);
    await touchNetwork(work, row.network_id);
    if (isAutomatic(row)) await addAutomaticAddresses(work, row);
    if (row.enable_dhcp) await scheduleNetwork(work, row.network_id);
    await syncDhcpPorts(work, row.network_id);
    await subnetChanged(work, 'subnet_create_end', row);
  },

  async beforeUpdate(work, row, changes) {
    checkServiceTypes(changes.service_types ?? []);
    const gateway_ip = changes.gateway_ip === undefined ? row.gateway_ip : changes.gateway_ip;
    if (changes.gateway_ip !== undefined && changes.gateway_ip !== row.gateway_ip)
      await refuseUsedGateway(work, row);
    if (changes.gateway_ip) checkGateway(changes.gateway_ip, row.cidr!, row.ip_version);
    if (changes.allocation_pools !== undefined) checkPools(changes.allocation_pools, row.cidr!, gateway_ip);
    else if (changes.gateway_ip) checkGatewayOutside(row.allocation_pools, changes.gateway_ip);
    checkIpv6Modes({ ...row, enable_dhcp: changes.enable_dhcp ?? row.enable_dhcp }, row.cidr!);
    checkAnnounced(changes, { subnet_id: row.id, ip_version: row.ip_version, settings: work.env.settings });
    return {};
  },

  async afterUpdate(work, row) {
    forgetNetwork(work, row.network_id);
    if (row.enable_dhcp) await scheduleNetwork(work, row.network_id);
    await syncDhcpPorts(work, row.network_id);
    await subnetChanged(work, 'subnet_update_end', row);
  },

  async beforeDelete(work, row) {
    const held = await work.rows.all(ipAllocations, { subnet_id: row.id });
    const holders = await work.rows.all(ports, { id: held.map(({ port_id }) => port_id) });
    const staying = holders.filter(
      ({ device_owner }) => device_owner !== dhcpOwner && !(isAutomatic(row) && !isRouterPort(device_owner)),
    );
    if (staying.length > 0)
      throw neutronError('SubnetInUse', {
        subnet_id: row.id,
        reason: `One or more ports have an IP allocation from this subnet: ${staying.map(({ id }) => id).join(', ')}`,
      });
    await work.env.plugin.population?.changing(work, holders);
    await work.rows.remove(ipAllocations, { subnet_id: row.id });
    for (const holder of holders) portUpdated(work, holder);
  },

  async afterDelete(work, row) {
    forgetNetwork(work, row.network_id);
    await touchNetwork(work, row.network_id);
    await syncDhcpPorts(work, row.network_id);
    await subnetChanged(work, 'subnet_delete_end', row);
  },
};

/** The prefix given, or one from the pool named. */
async function prefixOf(
  work: Work,
  body: Create & { tenant_id: string; prefixlen?: number },
): Promise<string> {
  if (body.subnetpool_id !== null) return cidrFromPool(work, { ...body, subnetpool_id: body.subnetpool_id });
  if (body.cidr) return checkedCidr(body.cidr, body.ip_version);
  throw neutronError('BadRequest', {
    resource: 'subnets',
    msg: 'a subnetpool must be specified in the absence of a cidr',
  });
}

/** Subnets of one family on a network come all from one pool, or all from none. */
async function refuseOtherPool(
  work: Work,
  network_id: string,
  { ip_version, subnetpool_id }: Pick<Subnet, 'ip_version' | 'subnetpool_id'>,
): Promise<void> {
  const others = (await subnetsOf(work, network_id)).filter((other) => other.ip_version === ip_version);
  if (others.some((other) => other.subnetpool_id !== subnetpool_id))
    throw neutronError('NetworkSubnetPoolAffinityError');
}

async function refuseOverlap(work: Work, network_id: string, text: string): Promise<void> {
  const cidr = cidrOf(text);
  const others = await subnetsThatMayNotOverlap(work, network_id);
  if (others.some((other) => overlaps(cidr, cidrOf(other.cidr!))))
    throw invalidInput(
      `Requested subnet with cidr: ${text} for network: ${network_id} overlaps with another subnet`,
    );
}

/** Of the network; without `allow_overlapping_ips` of all networks but those between the hosts of routers. */
async function subnetsThatMayNotOverlap(work: Work, network_id: string): Promise<Subnet[]> {
  if (work.env.settings.allow_overlapping_ips) return subnetsOf(work, network_id);
  const hidden = new Set((await work.rows.all(haNetworks)).map((row) => row.network_id));
  if (hidden.has(network_id)) return subnetsOf(work, network_id);
  return (await work.rows.all(subnets)).filter((subnet) => !hidden.has(subnet.network_id));
}

/** A router's interface has this address; moving the gateway would leave the guests without one. */
async function refuseUsedGateway(work: Work, row: Subnet): Promise<void> {
  if (row.gateway_ip === null) return;
  const held = await work.rows.find(ipAllocations, { subnet_id: row.id, ip_address: row.gateway_ip });
  const holder = held && (await work.rows.find(ports, { id: held.port_id }));
  if (holder !== undefined && interfaceOwners.includes(holder.device_owner))
    throw neutronError('GatewayIpInUse', { ip_address: row.gateway_ip, port_id: holder.id });
}

/** Ports that were there first get their automatic address too. */
async function addAutomaticAddresses(work: Work, row: Subnet): Promise<void> {
  const there = await work.rows.all(ports, { network_id: row.network_id });
  await work.env.plugin.population?.changing(work, there);
  for (const port of there) {
    if (port.device_owner.startsWith('network:') || !serves(row, port.device_owner)) continue;
    const position = (await addressesOf(work, port.id)).length;
    const ip_address = eui64(row, port.mac_address);
    await takeAddresses(work, port, [{ subnet_id: row.id, ip_address }]);
    await work.rows.update(ipAllocations, { subnet_id: row.id, ip_address }, { position });
    portUpdated(work, port);
  }
}

/** A network shows its subnets, so it changes with them. */
async function touchNetwork(work: Work, id: string): Promise<void> {
  const network = await work.rows.find(networks, { id });
  if (network === undefined) return;
  const revision_number = network.revision_number + 1;
  await work.rows.update(networks, { id }, { revision_number, updated_at: work.now });
}

/** DHCP agents serve it; routers with a port on the network route it. */
async function subnetChanged(work: Work, method: string, { id, network_id }: Subnet): Promise<void> {
  await tellDhcpAgents(work, method, { network_id, subnet_id: id });
  const there = await work.rows.all(ports, { network_id, device_owner: routerPortOwners });
  const ids = [...new Set(there.map(({ device_id }) => device_id))];
  for (const router of await work.rows.all(routers, { id: ids })) await routerChanged(work, router.id);
}
