// The scheduler extensions: which agent serves which network or router, and moving them by hand.
import type { Response, Router } from 'express';
import { badRequest } from '../../lib/errors.ts';
import { agent as agentResource, type Agent } from '../model/agent.ts';
import type { RequestContext } from '../model/context.ts';
import { neutronError } from '../model/errors.ts';
import { network } from '../model/network.ts';
import { router as routerResource } from '../model/router.ts';
import { agents, networkAgents, networks, routerAgents, routers } from '../store/networking-tables.ts';
import { contextOf } from './context.ts';
import { modeOf, suits } from './l3-candidates.ts';
import { routersServedBy } from './served.ts';
import { l3Hosts } from './notices.ts';
import { perform } from './perform.ts';
import { refuse } from './policy.ts';
import { gatewayNetworkOf } from './router-ports.ts';
import { getRouter } from './rules/load.ts';
import { bindNetwork, unbindNetwork } from './schedule-dhcp.ts';
import { bindRouter, unbindRouter } from './schedule-l3.ts';
import { viewsOf } from './view.ts';
import type { Env, Item, Work } from './work.ts';

export function agentRoutes(router: Router, env: Env): void {
  const read = env.store.read;

  function allowed(res: Response, action: string): RequestContext {
    const context = contextOf(env, res);
    if (!env.policy.allows(action, context, {})) refuse(action);
    return context;
  }
  const views = async (
    resource: typeof agentResource | typeof network | typeof routerResource,
    rows: Item[],
    context: RequestContext,
  ) => (await viewsOf(env, read, resource, rows, context)).map(({ view }) => view);

  router.get('/agents/:id/dhcp-networks', async (req, res) => {
    const context = allowed(res, 'get_dhcp-networks');
    const served = await read.all(networkAgents, { agent_id: req.params.id });
    const rows = await read.all(networks, { id: served.map(({ network_id }) => network_id) });
    res.json({ networks: await views(network, rows, context) });
  });
  router.get('/networks/:id/dhcp-agents', async (req, res) => {
    const context = allowed(res, 'get_dhcp-agents');
    const serving = await read.all(networkAgents, { network_id: req.params.id });
    const rows = await read.all(agents, { id: serving.map(({ agent_id }) => agent_id) });
    res.json({ agents: await views(agentResource, rows, context) });
  });
  router.get('/agents/:id/l3-routers', async (req, res) => {
    const context = allowed(res, 'get_l3-routers');
    const agent = await read.find(agents, { id: req.params.id });
    const served = agent === undefined ? [] : await routersServedBy({ rows: read }, agent);
    const rows = await read.all(routers, { id: served });
    res.json({ routers: await views(routerResource, rows, context) });
  });
  router.get('/routers/:id/l3-agents', async (req, res) => {
    const context = allowed(res, 'get_l3-agents');
    const router_id = req.params.id;
    const hosts = await l3Hosts({ rows: read }, router_id);
    const rows = await read.all(agents, { agent_type: 'L3 agent', host: hosts });
    const states = new Map(
      (await read.all(routerAgents, { router_id })).map(({ agent_id, ha_state }) => [agent_id, ha_state]),
    );
    const serving = (await views(agentResource, rows, context)).map((agent) => {
      const ha_state = states.get(agent.id as string) ?? null;
      // a dead agent cannot take back what it said
      return { ...agent, ha_state: ha_state !== null && agent.alive === false ? 'standby' : ha_state };
    });
    res.json({ agents: serving });
  });

  router.post('/agents/:id/dhcp-networks', async (req, res) => {
    const context = allowed(res, 'create_dhcp-network');
    const network_id = idIn(req.body, 'network_id');
    await perform(env, context, (work) => addNetwork(work, req.params.id, network_id));
    res.status(201).json(null);
  });
  router.post('/agents/:id/l3-routers', async (req, res) => {
    const context = allowed(res, 'create_l3-router');
    const router_id = idIn(req.body, 'router_id');
    await perform(env, context, (work) => addRouter(work, req.params.id, router_id));
    res.status(201).json(null);
  });
  router.delete('/agents/:id/dhcp-networks/:network', async (req, res) => {
    const context = allowed(res, 'delete_dhcp-network');
    const { id: agent_id, network: network_id } = req.params;
    await perform(env, context, async (work) => {
      const agent = await getAgent(work, agent_id);
      if ((await work.rows.count(networkAgents, { agent_id, network_id })) === 0)
        throw neutronError('NetworkNotHostedByDhcpAgent', { network_id, agent_id });
      await unbindNetwork(work, network_id, agent);
    });
    res.status(204).end();
  });
  router.delete('/agents/:id/l3-routers/:router', async (req, res) => {
    const context = allowed(res, 'delete_l3-router');
    const { id: agent_id, router: router_id } = req.params;
    await perform(env, context, async (work) => {
      const agent = await getAgent(work, agent_id);
      if (modeOf(agent) === 'dvr') throw neutronError('DVRL3CannotRemoveFromDvrAgent');
      if ((await work.rows.count(routerAgents, { agent_id, router_id })) === 0)
        throw neutronError('RouterNotHostedByL3Agent', { router_id, agent_id });
      await unbindRouter(work, await getRouter(work, router_id), agent);
    });
    res.status(204).end();
  });
}

function idIn(body: unknown, name: string): string {
  const id = (body as Item | null | undefined)?.[name];
  if (typeof id !== 'string')
    throw badRequest(`Failed to parse request. Required attribute '${name}' not specified`);
  return id;
}

async function getAgent(work: Work, id: string): Promise<Agent> {
  const agent = await work.rows.find(agents, { id });
  if (agent === undefined) throw neutronError('AgentNotFound', { id });
  return agent;
}

async function addNetwork(work: Work, agent_id: string, network_id: string): Promise<void> {
  const agent = await getAgent(work, agent_id);
  if ((await work.rows.count(networks, { id: network_id })) === 0)
    throw neutronError('NetworkNotFound', { net_id: network_id });
  if (agent.agent_type !== 'DHCP agent' || !agent.admin_state_up)
    throw neutronError('InvalidDHCPAgent', { id: agent_id });
  if ((await work.rows.count(networkAgents, { agent_id, network_id })) > 0)
    throw neutronError('NetworkHostedByDHCPAgent', { network_id, agent_id });
  await bindNetwork(work, network_id, agent);
}

async function addRouter(work: Work, agent_id: string, router_id: string): Promise<void> {
  const agent = await getAgent(work, agent_id);
  const router = await getRouter(work, router_id);
  if (agent.agent_type !== 'L3 agent' || !agent.admin_state_up)
    throw neutronError('InvalidL3Agent', { id: agent_id });
  const agent_mode = modeOf(agent);
  if (agent_mode === 'dvr') throw neutronError('DVRL3CannotAssignToDvrAgent');
  if (router.distributed && agent_mode === 'legacy')
    throw neutronError('RouterL3AgentMismatch', {
      router_type: 'distributed',
      router_id,
      agent_mode,
      agent_id,
    });
  // one agent at a time serves a router, or translates for a distributed one
  const bound = await work.rows.all(routerAgents, { router_id });
  if (bound.some((row) => row.agent_id === agent_id)) return;
  const [serving] = bound;
  if (serving !== undefined && !router.ha)
    throw neutronError('RouterHostedByL3Agent', { router_id, agent_id: serving.agent_id });
  if (!suits(agent, router, await gatewayNetworkOf(work, router)))
    throw neutronError('InvalidL3Agent', { id: agent_id });
  await bindRouter(work, router, agent);
}
