// Rows that rules look up again and again, remembered for the unit of work; missing ones are the API's 404.
import type { Network } from '../../model/network.ts';
import { neutronError } from '../../model/errors.ts';
import type { Port } from '../../model/port.ts';
import type { Router } from '../../model/router.ts';
import type { Subnet } from '../../model/subnet.ts';
import { networks, ports, routers, subnets } from '../../store/networking-tables.ts';
import { sharingActions } from '../../model/rbac-policy.ts';
import { mayUse } from '../sharing.ts';
import type { Work } from '../work.ts';

/** Looks something up once per unit of work. */
export async function remembered<T>(work: Work, key: string, look: () => Promise<T>): Promise<T> {
  if (!work.memo.has(key)) work.memo.set(key, await look());
  return work.memo.get(key) as T;
}

/** A network the caller may use: his own, one shared with him, an external one; an administrator any. */
export async function getNetwork(work: Work, net_id: string): Promise<Network> {
  const network = await remembered(work, `network ${net_id}`, () => work.rows.find(networks, { id: net_id }));
  if (network === undefined || !(await mayUse(work, network, sharingActions.network)))
    throw neutronError('NetworkNotFound', { net_id });
  return network;
}

/** All subnets of a network, oldest first. */
export const subnetsOf = (work: Work, network_id: string): Promise<Subnet[]> =>
  remembered(work, `subnets ${network_id}`, () =>
    work.rows.all(subnets, { network_id }, { orderBy: [{ column: 'created_at' }, { column: 'id' }] }),
  );

/** To be called when subnets of a network were made, changed or deleted in this unit of work. */
export function forgetNetwork(work: Work, network_id: string): void {
  work.memo.delete(`subnets ${network_id}`);
  work.memo.delete(`network ${network_id}`);
}

/** A subnet on a network the caller may use. */
export async function getSubnet(work: Work, subnet_id: string): Promise<Subnet> {
  const subnet = await work.rows.find(subnets, { id: subnet_id });
  if (subnet === undefined) throw neutronError('SubnetNotFound', { subnet_id });
  const { context } = work;
  if (context.is_admin || subnet.tenant_id === context.project_id) return subnet;
  const network = await work.rows.find(networks, { id: subnet.network_id });
  if (network === undefined || !(await mayUse(work, network)))
    throw neutronError('SubnetNotFound', { subnet_id });
  return subnet;
}

/** A port of the caller's project; an administrator's is any. */
export async function getPort(work: Work, port_id: string): Promise<Port> {
  const port = await work.rows.find(ports, { id: port_id });
  const isOwn = work.context.is_admin || port?.tenant_id === work.context.project_id;
  if (port === undefined || !isOwn) throw neutronError('PortNotFound', { port_id });
  return port;
}

/** A router by id, whoever owns it. */
export async function getRouter(work: Work, router_id: string): Promise<Router> {
  const router = await work.rows.find(routers, { id: router_id });
  if (router === undefined) throw neutronError('RouterNotFound', { router_id });
  return router;
}
