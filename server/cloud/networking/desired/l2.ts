// What the L2 agents of a host should have: the devices it asks for, and the rules of their security groups.
import type { Network } from '../../model/network.ts';
import type { Port } from '../../model/port.ts';
import type { DeviceSpec, SecurityGroupInfo, SecurityGroupRuleSpec } from '../../model/specs.ts';
import { interfaceOwners } from '../../model/device-owners.ts';
import {
  addressGroups,
  groupBindings,
  ipAllocations,
  networks,
  ports,
  securityGroupRules,
  securityGroups,
  subnets,
} from '../../store/networking-tables.ts';
import type { Rows } from '../../store/rows.ts';
import { cidrOf, contains, familyOf } from '../../../lib/cidr.ts';
import { eui64 } from '../ipam.ts';
import { portsOnHost } from './host-ports.ts';
import { qosFor } from './qos.ts';

/** Device specs by port id for ports with a place on the host; the others come back as failed. */
export async function devicesFor(
  rows: Rows,
  host: string,
  ids: readonly string[],
): Promise<{ devices: DeviceSpec[]; failed_devices: string[] }> {
  const found = await portsOnHost(rows, host, ids);
  const networkIds = [...new Set(found.map(({ network_id }) => network_id))];
  const byId = new Map(
    (await rows.all(networks, { id: networkIds })).map((network) => [network.id, network]),
  );
  const held = Map.groupBy(
    await rows.all(
      ipAllocations,
      { port_id: found.map(({ id }) => id) },
      { orderBy: [{ column: 'position' }] },
    ),
    ({ port_id }) => port_id,
  );
  const groups = Map.groupBy(
    await rows.all(
      groupBindings,
      { port_id: found.map(({ id }) => id) },
      { orderBy: [{ column: 'security_group_id' }] },
    ),
    ({ port_id }) => port_id,
  );
  const qos = await qosFor(rows, found, byId);
  const advertisers = await advertisersOn(rows, networkIds);
  const devices = found.map((port) => ({
    ...deviceOf(port, byId.get(port.network_id)!),
    ...(qos.has(port.id) && { qos: qos.get(port.id)! }),
    ra_sources: advertisers.get(port.network_id) ?? [],
    fixed_ips: (held.get(port.id) ?? []).map(({ subnet_id, ip_address }) => ({ subnet_id, ip_address })),
    security_groups: (groups.get(port.id) ?? []).map(({ security_group_id }) => security_group_id),
  }));
  const known = new Set(found.map(({ id }) => id));
  return { devices, failed_devices: ids.filter((id) => !known.has(id)) };
}

/** By network the link-local addresses of the routers of its IPv6 subnets. */
async function advertisersOn(rows: Rows, network_id: readonly string[]): Promise<Map<string, string[]>> {
  const six = await rows.all(subnets, { network_id, ip_version: 6 });
  const ids = [...new Set(six.map((subnet) => subnet.network_id))];
  const found = new Map<string, string[]>(ids.map((id) => [id, []]));
  if (ids.length === 0) return found;
  const linkLocal = { cidr: 'fe80::/64' };
  for (const port of await rows.all(ports, { network_id: ids, device_owner: interfaceOwners }))
    found.get(port.network_id)!.push(eui64(linkLocal, port.mac_address));
  // A router outside the cloud is known by the gateway's address alone.
  for (const { network_id: id, gateway_ip } of six)
    if (gateway_ip !== null && contains(cidrOf('fe80::/10'), gateway_ip)) found.get(id)!.push(gateway_ip);
  return new Map([...found].map(([id, sources]) => [id, [...new Set(sources)].sort()]));
}

function deviceOf(
  port: Port,
  network: Network,
): Omit<DeviceSpec, 'fixed_ips' | 'security_groups' | 'ra_sources'> {
  return {
    device: port.id,
    port_id: port.id,
    network_id: network.id,
    network_type: network['provider:network_type'] as DeviceSpec['network_type'],
    physical_network: network['provider:physical_network'],
    segmentation_id: network['provider:segmentation_id'],
    mac_address: port.mac_address,
    admin_state_up: port.admin_state_up && network.admin_state_up,
    device_owner: port.device_owner,
    allowed_address_pairs: port.allowed_address_pairs.map(({ ip_address, mac_address }) => ({
      ip_address: ip_address!,
      mac_address: mac_address!,
    })),
    port_security_enabled: port.port_security_enabled,
    mtu: network.mtu,
  };
}

/** Rules of the devices' groups, and who the members of the groups are that these rules name. */
export async function groupInfoFor(rows: Rows, ids: readonly string[]): Promise<SecurityGroupInfo> {
  const bound = await rows.all(groupBindings, { port_id: ids });
  const groupIds = [...new Set(bound.map(({ security_group_id }) => security_group_id))];
  const rules = await rows.all(
    securityGroupRules,
    { security_group_id: groupIds },
    { orderBy: [{ column: 'created_at' }, { column: 'id' }] },
  );
  const security_groups: SecurityGroupInfo['security_groups'] = {};
  for (const id of groupIds) security_groups[id] = [];
  const untracked = await rows.all(securityGroups, { id: groupIds, stateful: false });
  const isUntracked = (group: string) => untracked.some(({ id }) => id === group);
  for (const rule of rules) {
    const spec = ruleSpec(rule);
    const { security_group_id } = rule;
    security_groups[security_group_id]!.push({
      ...spec,
      ...(isUntracked(security_group_id) && { stateful: false }),
    });
  }
  const named = (name: 'remote_group_id' | 'remote_address_group_id') => [
    ...new Set(rules.map((rule) => rule[name]).filter((id) => id !== null)),
  ];
  const sg_member_ips = {
    ...(await membersOf(rows, named('remote_group_id'))),
    ...(await addressesOf(rows, named('remote_address_group_id'))),
  };
  return { security_groups, sg_member_ips };
}

function ruleSpec(rule: {
  direction: string;
  ethertype: string;
  protocol: string | null;
  port_range_min: number | null;
  port_range_max: number | null;
  remote_ip_prefix: string | null;
  remote_group_id: string | null;
  remote_address_group_id: string | null;
}): SecurityGroupRuleSpec {
  const {
    direction,
    ethertype,
    protocol,
    port_range_min,
    port_range_max,
    remote_ip_prefix,
    remote_group_id,
    remote_address_group_id,
  } = rule;
  return {
    direction: direction as SecurityGroupRuleSpec['direction'],
    ethertype: ethertype as SecurityGroupRuleSpec['ethertype'],
    protocol,
    port_range_min,
    port_range_max,
    remote_ip_prefix,
    // to a host the addresses of a group are what the members of another would have
    remote_group_id: remote_group_id ?? remote_address_group_id,
  };
}

/** Fixed IPs and allowed address pairs of all ports in each group, sorted so that equal answers are equal. */
async function membersOf(
  rows: Rows,
  groupIds: readonly string[],
): Promise<SecurityGroupInfo['sg_member_ips']> {
  const bound = await rows.all(groupBindings, { security_group_id: groupIds });
  const portIds = [...new Set(bound.map(({ port_id }) => port_id))];
  const pairs = new Map(
    (await rows.all(ports, { id: portIds })).map((port) => [port.id, port.allowed_address_pairs]),
  );
  const held = Map.groupBy(await rows.all(ipAllocations, { port_id: portIds }), ({ port_id }) => port_id);
  const members: SecurityGroupInfo['sg_member_ips'] = {};
  for (const id of groupIds) {
    const addresses = bound
      .filter(({ security_group_id }) => security_group_id === id)
      .flatMap(({ port_id }) => [
        ...(held.get(port_id) ?? []).map(({ ip_address }) => ip_address),
        ...(pairs.get(port_id) ?? []).map(({ ip_address }) => ip_address!),
      ]);
    members[id] = byFamily([...new Set(addresses)].sort());
  }
  return members;
}

function byFamily(addresses: readonly string[]): { IPv4: string[]; IPv6: string[] } {
  const isOf = (family: number) => (address: string) => familyOf(address.split('/')[0]!) === family;
  return { IPv4: addresses.filter(isOf(4)), IPv6: addresses.filter(isOf(6)) };
}

/** The addresses of address groups, as members of a group are told. */
async function addressesOf(rows: Rows, id: readonly string[]): Promise<SecurityGroupInfo['sg_member_ips']> {
  const found = await rows.all(addressGroups, { id });
  return Object.fromEntries(found.map((group) => [group.id, byFamily(group.addresses.toSorted())]));
}
