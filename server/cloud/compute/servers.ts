// /servers: list, create, show, update, delete.
import type { Request, Response, Router } from 'express';
import { z } from 'zod';
import type { RequestContext } from '../model/context.ts';
import { instances, type InstanceRow } from '../store/compute-tables.ts';
import { createServers } from './create-server.ts';
import type { ComputeDeps } from './deps.ts';
import { badRequest, instanceNotFound } from './failure.ts';
import { addressesOf } from './networks.ts';
import { parseBody } from './parse-body.ts';
import { groupsOf } from './security-groups.ts';
import { serverLinks, showBrief, showChanged, showServer, statusOf } from './server-view.ts';

export const callerOf = (res: Response) => res.locals.context as RequestContext;
/** The address the client used, for links. */
export const baseOf = (req: Request) => `${req.protocol}://${req.get('host')}`;

/** The instance, if the caller may see it; otherwise 404. */
export async function getInstance(
  deps: ComputeDeps,
  id: string,
  caller: RequestContext,
): Promise<InstanceRow> {
  const row = await deps.store.read.find(instances, { id });
  if (row === undefined || (row.project_id !== caller.project_id && !caller.is_admin))
    throw instanceNotFound(id);
  return row;
}

const updateSchema = z.strictObject({
  server: z.strictObject({
    name: z.string().trim().min(1).max(255).optional(),
    accessIPv4: z.string().optional(),
    accessIPv6: z.string().optional(),
    'OS-DCF:diskConfig': z.enum(['AUTO', 'MANUAL']).optional(),
  }),
});

export function addServers(router: Router, deps: ComputeDeps): void {
  const { store } = deps;

  const show = async (rows: InstanceRow[], req: Request, res: Response) => {
    const { is_admin } = callerOf(res);
    const [addresses, groups] = await Promise.all([
      addressesOf(deps.session, rows),
      groupsOf(deps.session, rows),
    ]);
    const base = baseOf(req);
    return rows.map((row) =>
      showServer(row, {
        base,
        isAdmin: is_admin,
        addresses: addresses.get(row.id) ?? {},
        groups: groups.get(row.id)?.map(({ name }) => name),
      }),
    );
  };

  router.get('/servers', async (req, res) => {
    const { page, links } = paged(await visible(deps, req, callerOf(res)), req);
    res.json({ servers: page.map((row) => showBrief(row, baseOf(req))), ...links });
  });
  router.get('/servers/detail', async (req, res) => {
    const { page, links } = paged(await visible(deps, req, callerOf(res)), req);
    res.json({ servers: await show(page, req, res), ...links });
  });
  router.post('/servers', async (req, res) => {
    const { rows, adminPass } = await createServers(deps, req.body, callerOf(res));
    const [{ id, security_groups }] = rows as [InstanceRow];
    const links = serverLinks(id, baseOf(req));
    const groups =
      security_groups.length === 0 ? {} : { security_groups: security_groups.map((name) => ({ name })) };
    res
      .status(202)
      .location(links[0]!.href)
      .json({ server: { id, links, adminPass, ...groups, 'OS-DCF:diskConfig': 'MANUAL' } });
  });
  router.get('/servers/:id', async (req, res) => {
    const row = await getInstance(deps, req.params.id, callerOf(res));
    res.json({ server: (await show([row], req, res))[0] });
  });
  router.put('/servers/:id', async (req, res) => {
    const row = await getInstance(deps, req.params.id, callerOf(res));
    const { name, accessIPv4, accessIPv6 } = parseBody(updateSchema, req.body).server;
    const changes = {
      ...(name === undefined ? {} : { name }),
      ...(accessIPv4 === undefined ? {} : { access_ipv4: accessIPv4 }),
      ...(accessIPv6 === undefined ? {} : { access_ipv6: accessIPv6 }),
      updated_at: new Date().toISOString(),
    };
    await store.read.update(instances, { id: row.id }, changes);
    deps.events.updated(row, { ...row, ...changes }, callerOf(res));
    const [shown] = await show([{ ...row, ...changes }], req, res);
    res.json({ server: showChanged(shown!) });
  });
  router.delete('/servers/:id', async (req, res) => {
    const { id } = await getInstance(deps, req.params.id, callerOf(res));
    const context = callerOf(res);
    const changes = { wanted: 'deleted' as const, task_state: 'deleting' };
    // together: who can start it nowhere lets go of it at the same time
    const row = await store.transaction(async (rows) => {
      const found = await rows.find(instances, { id });
      if (found === undefined) throw instanceNotFound(id);
      if (found.host === null) await rows.remove(instances, { id });
      else await rows.update(instances, { id }, { ...changes, updated_at: new Date().toISOString() });
      return found;
    });
    if (row.host === null) deps.events.deleted(row, context);
    else deps.events.updated(row, { ...row, ...changes }, context);
    for (const server of row.host === null ? [] : [row.host, row.old_host, row.new_host])
      if (server !== null)
        deps.rpc.cast('compute', 'terminate_instance', { instance_uuid: id }, { server, context });
    res.status(204).end();
  });
  router.get('/servers/:id/os-server-password', async (req, res) => {
    const { server_password } = await getInstance(deps, req.params.id, callerOf(res));
    res.json({ password: server_password ?? '' });
  });
  router.delete('/servers/:id/os-server-password', async (req, res) => {
    const { id } = await getInstance(deps, req.params.id, callerOf(res));
    await store.read.update(instances, { id }, { server_password: null });
    res.status(204).end();
  });
  router.get('/servers/:id/ips', async (req, res) => {
    const row = await getInstance(deps, req.params.id, callerOf(res));
    res.json({ addresses: (await addressesOf(deps.session, [row])).get(row.id) ?? {} });
  });
}

/** The instances of the project (an admin with all_tenants: of all), newest first, by the filters of the query. */
async function visible(deps: ComputeDeps, req: Request, caller: RequestContext): Promise<InstanceRow[]> {
  const query = req.query as Record<string, string | undefined>;
  const sees = caller.is_admin && /^(1|true|)$/i.test(query.all_tenants ?? 'no');
  const owner = sees ? (query.tenant_id ?? query.project_id) : caller.project_id;
  const rows = await deps.store.read.all(instances, owner === undefined ? {} : { project_id: owner }, {
    orderBy: [{ column: 'number', descending: true }],
  });
  const name = query.name === undefined ? undefined : pattern(query.name);
  return rows.filter(
    (row) =>
      (name === undefined || name.test(row.name)) &&
      (query.status === undefined || statusOf(row) === query.status.toUpperCase()) &&
      (query.host === undefined || !caller.is_admin || row.host === query.host) &&
      (query.image === undefined || row.image_id === query.image) &&
      (query.flavor === undefined || row.flavor_id === query.flavor) &&
      (query.uuid === undefined || row.id === query.uuid),
  );
}

function pattern(text: string): RegExp {
  try {
    return new RegExp(text);
  } catch {
    throw badRequest(`Invalid filter: name '${text}' is not a regular expression`);
  }
}

function paged(rows: InstanceRow[], req: Request) {
  const { marker, limit } = req.query as Record<string, string | undefined>;
  const size = Math.min(Number(limit ?? 1000), 1000);
  if (!Number.isInteger(size) || size < 0) throw badRequest(`limit must be an integer: '${limit}'`);
  const at = marker === undefined ? -1 : rows.findIndex(({ id }) => id === marker);
  if (marker !== undefined && at < 0) throw badRequest(`marker [${marker}] not found`);
  const page = rows.slice(at + 1, at + 1 + size);
  const isLast = size === 0 || at + 1 + size >= rows.length;
  const href = `${baseOf(req)}${req.baseUrl}${req.path}?limit=${size}&marker=${page.at(-1)?.id}`;
  return { page, links: isLast ? {} : { servers_links: [{ rel: 'next', href }] } };
}
