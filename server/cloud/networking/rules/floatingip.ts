// Floating IPs: an address from an external network, associated, moved and released.
import type { CreateOf, UpdateOf } from '../../../lib/resource.ts';
import { floatingipOwner } from '../../model/device-owners.ts';
import { neutronError } from '../../model/errors.ts';
import type { floatingip, Floatingip } from '../../model/floatingip.ts';
import { ports } from '../../store/networking-tables.ts';
import { addressesOf, freeAddress, type AskedIp } from '../ipam.ts';
import { translationChanged } from '../notices.ts';
import type { Rules, Work } from '../work.ts';
import { associate, noAssociation } from './floatingip-association.ts';
import { removeFloatingIp } from './floatingip-remove.ts';
import { getNetwork, subnetsOf } from './load.ts';
import { createPort } from './port-create.ts';

type Create = CreateOf<typeof floatingip>;
type Update = UpdateOf<typeof floatingip>;

const bad = (msg: string) => neutronError('BadRequest', { resource: 'floatingip', msg });

export const floatingipRules: Rules<Floatingip, Create, Update> = {
  notFound: (floatingip_id) => neutronError('FloatingIPNotFound', { floatingip_id }),

  async decorate(rows, list) {
    const ids = list.flatMap(({ port_id }) => (port_id === null ? [] : [port_id]));
    const targets = new Map((await rows.all(ports, { id: ids })).map((port) => [port.id, port]));
    return list.map(({ port_id }) => {
      const port = port_id === null ? undefined : targets.get(port_id);
      if (port === undefined) return { port_details: null };
      const { name, network_id, mac_address, admin_state_up, status, device_id, device_owner } = port;
      return {
        port_details: { name, network_id, mac_address, admin_state_up, status, device_id, device_owner },
      };
    });
  },

  async beforeCreate(work, body, id) {
    const network = await getNetwork(work, body.floating_network_id);
    if (!network['router:external']) throw bad(`Network ${network.id} is not a valid external network`);
    if (body.fixed_ip_address && body.port_id === null)
      throw bad('fixed_ip_address cannot be specified without a port_id');
    const fixed_ips = await askedAddresses(work, body);
    const port = await createPort(work, {
      network_id: network.id,
      tenant_id: '',
      device_id: id,
      device_owner: floatingipOwner,
      fixed_ips,
    });
    const floating_ip_address = (await addressesOf(work, port.id))[0]!.ip_address;
    const itself = { id, tenant_id: body.tenant_id!, floating_ip_address, floating_network_id: network.id };
    const association =
      body.port_id === null
        ? noAssociation
        : await associate(work, itself, body.port_id, body.fixed_ip_address);
    return { ...association, floating_ip_address, floating_port_id: port.id, status: 'DOWN' };
  },

  async afterCreate(work, row) {
    if (row.router_id !== null) await translationChanged(work, row.router_id);
  },

  async beforeUpdate(work, row, changes) {
    if (changes.port_id === undefined && changes.fixed_ip_address === undefined) return {};
    const port_id = changes.port_id === undefined ? row.port_id : changes.port_id;
    if (port_id === null) {
      if (changes.fixed_ip_address) throw bad('fixed_ip_address cannot be specified without a port_id');
      return { ...noAssociation, status: 'DOWN' };
    }
    const association = await associate(work, row, port_id, changes.fixed_ip_address);
    const isSame =
      association.port_id === row.port_id && association.fixed_ip_address === row.fixed_ip_address;
    // the agent says when it has wired the new way
    return { ...association, ...(!isSame && { status: 'DOWN' }) };
  },

  async afterUpdate(work, row, before) {
    // the former router first: two must not answer for the address
    for (const router_id of new Set([before.router_id, row.router_id]))
      if (router_id !== null) await translationChanged(work, router_id);
  },

  async beforeDelete(work, row) {
    if (row.router_id !== null) await translationChanged(work, row.router_id);
    await removeFloatingIp(work, row);
  },
};

/** One IPv4 address of the external network, the one named or any. */
async function askedAddresses(work: Work, body: Create): Promise<AskedIp[]> {
  const named = {
    ...(body.floating_ip_address && { ip_address: body.floating_ip_address }),
    ...(body.subnet_id && { subnet_id: body.subnet_id }),
  };
  if (Object.keys(named).length > 0) return [named];
  const network_id = body.floating_network_id;
  const ipv4 = (await subnetsOf(work, network_id)).filter(({ ip_version }) => ip_version === 4);
  if (ipv4.length === 0) throw bad(`Network ${network_id} does not contain any IPv4 subnet`);
  for (const subnet of ipv4)
    if ((await freeAddress(work, subnet)) !== undefined) return [{ subnet_id: subnet.id }];
  return [{ subnet_id: ipv4[0]!.id }];
}
