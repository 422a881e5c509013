// Before a unit of work is committed: the routers it touched get the ports and bindings that follow from their agents,
// and the hosts that have, get or lose them are told.
import type { Router } from '../model/router.ts';
import { routers } from '../store/networking-tables.ts';
import { settleAgentGateways } from './dvr/agent-gateways.ts';
import { hostsUsing } from './dvr/hosts.ts';
import { settleSnatPorts } from './dvr/snat-ports.ts';
import { settleHa } from './ha/settle.ts';
import { bindEverywhere } from './host-bindings.ts';
import { distributedHosts, routerChanged, scheduledHosts } from './notices.ts';
import { bindPortsTo, interfacesOf, routerPorts } from './router-ports.ts';
import type { Work } from './work.ts';

/** Puts every router in `work.routers` right; what that touches in turn is put right too. */
export async function settleRouters(work: Work): Promise<void> {
  for (const id of work.routers) {
    work.routers.delete(id);
    const router = await work.rows.find(routers, { id });
    if (router !== undefined) await settleRouter(work, router);
  }
}

async function settleRouter(work: Work, router: Router): Promise<void> {
  const [host = ''] = router.ha ? [] : await scheduledHosts(work, router.id);
  if (router.ha) await settleHa(work, router);
  else if (router.distributed) await settleDistributed(work, router, host);
  else await bindPortsTo(work, await routerPorts(work, router.id), host);
  await routerChanged(work, router.id);
}

/** `host` translates for instances without a floating IP; empty: none does. */
async function settleDistributed(work: Work, router: Router, host: string): Promise<void> {
  const interfaces = await interfacesOf(work, router.id);
  const before = new Set(await distributedHosts(work, router.id));
  const using = await hostsUsing(work, interfaces);
  const hosts = [...new Set([...using, ...(host === '' ? [] : [host])])];
  await bindEverywhere(work, router.id, interfaces, hosts);
  for (const server of before)
    if (!hosts.includes(server))
      work.casts.push({
        topic: 'l3_agent',
        method: 'router_deleted',
        args: { router_id: router.id },
        server,
      });
  const gateways = (await routerPorts(work, router.id)).filter(({ id }) => id === router.gw_port_id);
  await bindPortsTo(work, gateways, host);
  await settleSnatPorts(work, router, { interfaces, host });
  for (const { network_id } of gateways) await settleAgentGateways(work, network_id);
}
