// Where floating IPs come from: the IPv4 subnets of external networks, also for those who do not see the subnets.
import type { Router } from 'express';
import { networks, subnets } from '../store/networking-tables.ts';
import { contextOf } from './context.ts';
import { chosen } from './plain-list.ts';
import { refuse } from './policy.ts';
import type { Env } from './work.ts';

const attributes = ['subnet_id', 'subnet_name', 'network_id', 'cidr', 'tenant_id', 'project_id'];

/** GET /floatingip_pools */
export function floatingipPoolRoutes(router: Router, env: Env): void {
  const { read } = env.store;
  router.get('/floatingip_pools', async (req, res) => {
    const context = contextOf(env, res);
    if (!env.policy.allows('get_floatingip_pool', context, {})) refuse('get_floatingip_pool');
    const external = await read.all(networks, { 'router:external': true });
    const network_id = external.map(({ id }) => id);
    const found = await read.all(subnets, { network_id, ip_version: 4 }, { orderBy: [{ column: 'id' }] });
    const pools = found.map((subnet) => ({
      subnet_id: subnet.id,
      subnet_name: subnet.name,
      network_id: subnet.network_id,
      cidr: subnet.cidr,
      tenant_id: context.project_id,
      project_id: context.project_id,
    }));
    res.json({ floatingip_pools: chosen(req.originalUrl, pools, attributes) });
  });
}
