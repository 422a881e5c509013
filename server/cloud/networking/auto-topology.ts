// A network with subnets and a router to the world, made when a project asks for it the first time.
import type { Response, Router } from 'express';
import { badRequest, CloudError } from '../../lib/errors.ts';
import { parseCreate } from '../../lib/parse-body.ts';
import type { RequestContext } from '../model/context.ts';
import { neutronError } from '../model/errors.ts';
import { network as networkResource } from '../model/network.ts';
import { router as routerResource } from '../model/router.ts';
import { subnet as subnetResource } from '../model/subnet.ts';
import type { Subnetpool } from '../model/subnetpool.ts';
import { autoTopologies, networks, routers, subnets } from '../store/networking-tables.ts';
import { contextOf } from './context.ts';
import { defaultPool } from './default-subnetpool.ts';
import { createRow, deleteRow } from './operations.ts';
import { perform } from './perform.ts';
import { refuse } from './policy.ts';
import { interfacesOf } from './router-ports.ts';
import { asAdmin } from './rules/as-admin.ts';
import { addInterface, removeInterface } from './rules/router-interface.ts';
import type { Router as RouterRow } from '../model/router.ts';
import type { Env, Item, Work } from './work.ts';

const failed = (reason: string) => neutronError('AutoAllocationFailure', { reason });

/** GET and DELETE /auto-allocated-topology/PROJECT; `None` is the caller's own. */
export function autoTopologyRoutes(router: Router, env: Env): void {
  const path = '/auto-allocated-topology/:project';

  function asked(res: Response, verb: 'get' | 'delete', word: string) {
    const context = contextOf(env, res);
    const tenant_id = word === 'None' ? context.project_id : word;
    if (!context.is_admin && tenant_id !== context.project_id)
      throw new CloudError(403, 'NotAuthorized', 'Not authorized.');
    const action = `${verb}_auto_allocated_topology`;
    if (!env.policy.allows(action, context, { tenant_id })) refuse(action);
    return { context, tenant_id };
  }

  router.get(path, async (req, res) => {
    const { context, tenant_id } = asked(res, 'get', req.params.project);
    const fields = new URL(req.originalUrl, 'http://localhost').searchParams.getAll('fields');
    if (fields.some((field) => field !== 'dry-run'))
      throw neutronError('BadRequest', { resource: 'auto_allocate', msg: 'Unrecognized field' });
    const id = await topologyOf(env, context, tenant_id, fields.length > 0);
    res.json({ auto_allocated_topology: { id, tenant_id, project_id: tenant_id } });
  });

  router.delete(path, async (req, res) => {
    const { context, tenant_id } = asked(res, 'delete', req.params.project);
    await perform(env, context, (work) => removeTopology(asAdmin(work), tenant_id));
    res.status(204).end();
  });
}

/** The id of the project's network; a dry run only looks whether it could be made. */
function topologyOf(env: Env, context: RequestContext, tenant_id: string, isDry: boolean): Promise<string> {
  if (tenant_id === '' || tenant_id.length > 255) throw badRequest('Invalid project');
  return perform(env, context, async (caller) => {
    const work = asAdmin(caller);
    const known = isDry ? undefined : await work.rows.find(autoTopologies, { tenant_id });
    if (known !== undefined) return known.network_id;
    const external = await work.rows.find(networks, { is_default: true, 'router:external': true });
    if (external === undefined) throw failed('No default router:external network');
    const pools = (await Promise.all([4, 6].map((version) => defaultPool(work, version)))).filter(
      (pool) => pool !== undefined,
    );
    if (pools.length === 0)
      throw failed(isDry ? 'No default subnetpools defined' : 'Unable to provide project private network');
    return isDry ? 'dry-run=pass' : buildTopology(work, tenant_id, external.id, pools);
  });
}

async function buildTopology(
  work: Work,
  tenant_id: string,
  external_network_id: string,
  pools: readonly Subnetpool[],
): Promise<string> {
  const network = await createRow(work, networkResource, networks, {
    ...(parseCreate(networkResource, { name: 'auto_allocated_network' }) as Item),
    tenant_id,
  });
  const network_id = network.id as string;
  const made: string[] = [];
  for (const { id: subnetpool_id, ip_version } of pools) {
    const asked = { name: `auto_allocated_subnet_v${ip_version}`, network_id, ip_version, subnetpool_id };
    const body = { ...(parseCreate(subnetResource, asked) as Item), tenant_id };
    const subnet = await createRow(work, subnetResource, subnets, body).catch((error: unknown) => {
      // the pool is used up
      if (error instanceof CloudError) throw failed('Unable to provide project private network');
      throw error;
    });
    made.push(subnet.id as string);
  }
  const row = await createRow(work, routerResource, routers, {
    ...(parseCreate(routerResource, {
      name: 'auto_allocated_router',
      external_gateway_info: { network_id: external_network_id },
    }) as Item),
    tenant_id,
  }).catch((error: unknown) => {
    if (error instanceof CloudError && error.status === 400)
      throw failed('Unable to provide external connectivity');
    throw error;
  });
  const router = (await work.rows.find(routers, { id: row.id as string }))!;
  for (const subnet_id of made) await addInterface(work, router, { subnet_id });
  await work.rows.insert(autoTopologies, { tenant_id, network_id, router_id: router.id });
  return network_id;
}

async function removeTopology(work: Work, tenant_id: string): Promise<void> {
  const known = await work.rows.find(autoTopologies, { tenant_id });
  if (known === undefined) return;
  await work.rows.remove(autoTopologies, { tenant_id });
  const router = await work.rows.find(routers, { id: known.router_id });
  if (router !== undefined) await removeRouter(work, router);
  const network = await work.rows.find(networks, { id: known.network_id });
  if (network !== undefined) await deleteRow(work, networkResource, networks, network as Item);
}

async function removeRouter(work: Work, router: RouterRow): Promise<void> {
  for (const { id } of await interfacesOf(work, router.id))
    await removeInterface(work, router, { port_id: id });
  const current = await work.rows.find(routers, { id: router.id });
  await deleteRow(work, routerResource, routers, current as unknown as Item);
}
