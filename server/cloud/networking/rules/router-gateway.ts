// The gateway of a router: its port on the external network, set, changed and cleared.
import type { GatewayInfo, Router } from '../../model/router.ts';
import { cidrOf, overlaps } from '../../../lib/cidr.ts';
import { badRequest } from '../../../lib/errors.ts';
import { neutronError } from '../../model/errors.ts';
import type { Network } from '../../model/network.ts';
import { floatingips, ports, routers } from '../../store/networking-tables.ts';
import { addressesOf, replaceAddresses } from '../ipam.ts';
import { portUpdated, scheduledHosts } from '../notices.ts';
import { interfaceSubnets } from '../router-ports.ts';
import type { Work } from '../work.ts';
import { getNetwork, subnetsOf } from './load.ts';
import { createPort } from './port-create.ts';
import { removePort } from './port-remove.ts';

/** Makes the router's gateway what was asked for; null or no network takes it away. */
export async function setGateway(work: Work, router: Router, asked: GatewayInfo | null): Promise<void> {
  const current =
    router.gw_port_id === null ? undefined : await work.rows.find(ports, { id: router.gw_port_id });
  const network_id = asked?.network_id;
  if (asked === null || network_id === undefined) {
    if (asked !== null && Object.keys(asked).length > 0) throw missingNetwork(asked);
    if (current !== undefined) await clearGateway(work, router, current.network_id);
    await work.rows.update(routers, { id: router.id }, { gw_port_id: null, enable_snat: true });
    return;
  }
  const network = await getExternalNetwork(work, network_id);
  const enable_snat = asked.enable_snat ?? true;
  if (current !== undefined && current.network_id === network_id) {
    if (asked.external_fixed_ips) {
      await work.env.plugin.population?.changing(work, [current]);
      await replaceAddresses(work, current, asked.external_fixed_ips);
      portUpdated(work, current);
    }
    await work.rows.update(routers, { id: router.id }, { enable_snat });
    return;
  }
  await refuseOverlap(work, router, network);
  if (current !== undefined) await clearGateway(work, router, current.network_id);
  const [host] = router.ha ? [] : await scheduledHosts(work, router.id);
  const port = await createPort(work, {
    network_id,
    tenant_id: '',
    device_id: router.id,
    device_owner: 'network:router_gateway',
    ...(asked.external_fixed_ips &&
      asked.external_fixed_ips.length > 0 && { fixed_ips: asked.external_fixed_ips }),
    ...(host !== undefined && { 'binding:host_id': host }),
  });
  if ((await addressesOf(work, port.id)).length === 0 && (await subnetsOf(work, network_id)).length === 0)
    throw neutronError('BadRequest', {
      resource: 'router',
      msg: `No IPs available for external network ${network_id}`,
    });
  await work.rows.update(routers, { id: router.id }, { gw_port_id: port.id, enable_snat });
}

const missingNetwork = (asked: GatewayInfo) =>
  badRequest(
    `Invalid input for external_gateway_info. Reason: Validation of dictionary's keys failed. Expected keys: {'network_id'} Provided keys: ${Object.keys(asked).join(', ')}.`,
  );

async function getExternalNetwork(work: Work, network_id: string): Promise<Network> {
  const network = await getNetwork(work, network_id);
  if (!network['router:external'])
    throw neutronError('BadRequest', {
      resource: 'router',
      msg: `Network ${network_id} is not an external network`,
    });
  return network;
}

/** Removes the gateway port; floating IPs that go through it hold it. */
export async function clearGateway(work: Work, router: Router, net_id: string): Promise<void> {
  const used = await work.rows.count(floatingips, { router_id: router.id, floating_network_id: net_id });
  if (used > 0)
    throw neutronError('RouterExternalGatewayInUseByFloatingIp', { router_id: router.id, net_id });
  const port = await work.rows.find(ports, { id: router.gw_port_id! });
  if (port !== undefined) await removePort(work, port);
}

async function refuseOverlap(work: Work, router: Router, network: Network): Promise<void> {
  const inside = await interfaceSubnets(work, router.id);
  for (const outer of await subnetsOf(work, network.id))
    for (const inner of inside)
      if (overlaps(cidrOf(outer.cidr!), cidrOf(inner.cidr!)))
        throw neutronError('BadRequest', {
          resource: 'router',
          msg: `Cidr ${outer.cidr} of subnet ${outer.id} overlaps with cidr ${inner.cidr} of subnet ${inner.id}`,
        });
}
