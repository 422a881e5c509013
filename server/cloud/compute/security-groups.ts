// Security groups at Compute: Networking keeps them, here an instance's ports enter and leave them all at once.
import type { Router } from 'express';
import { z } from 'zod';
import { ApiFailure } from '../client/session.ts';
import type { RequestContext } from '../model/context.ts';
import type { InstanceRow } from '../store/compute-tables.ts';
import type { ComputeDeps } from './deps.ts';
import { badRequest, conflict, notFound } from './failure.ts';
import { getNetworking, type NetworkedInstance } from './networks.ts';
import { parseBody } from './parse-body.ts';
import { callerOf, getInstance } from './servers.ts';

interface Group {
  id: string;
  name: string;
  description: string;
  tenant_id: string;
}
interface GroupedPort {
  id: string;
  /** Absent where Networking has its security groups turned off. */
  security_groups?: string[];
}

type Asker = ComputeDeps['session'];

/** Compute's form; it never shows the rules, which only Networking can say whole. */
const show = ({ id, name, description, tenant_id }: Group) => ({
  id,
  name,
  description,
  tenant_id,
  rules: [],
});

const portsOf = (session: Asker, list: readonly Pick<NetworkedInstance, 'network_info'>[]) => {
  const id = list.flatMap(({ network_info }) => network_info ?? []).map(({ port_id }) => port_id);
  return id.length === 0 ? Promise.resolve([]) : getNetworking<GroupedPort>(session, 'ports', { id });
};

/**
 * The groups that instances' ports are in now, by instance id. An instance without ports has no entry; without an answer of
 * Networking nobody has one.
 */
export async function groupsOf(
  session: Asker,
  list: readonly NetworkedInstance[],
): Promise<Map<string, Group[]>> {
  try {
    const ports = new Map(
      (await portsOf(session, list)).map((port) => [port.id, port.security_groups ?? []]),
    );
    const id = [...new Set([...ports.values()].flat())];
    const groups = id.length === 0 ? [] : await getNetworking<Group>(session, 'security-groups', { id });
    return new Map(
      list
        .filter(({ network_info }) => network_info?.some(({ port_id }) => ports.has(port_id)))
        .map((instance) => {
          const members = instance.network_info!.flatMap(({ port_id }) => ports.get(port_id) ?? []);
          return [instance.id, groups.filter((group) => members.includes(group.id))] as const;
        }),
    );
  } catch (error) {
    if (error instanceof ApiFailure && error.status < 500) throw error;
    return new Map();
  }
}

const nameSchema = z.object({ name: z.string().min(1).max(255) });

/** `addSecurityGroup` and `removeSecurityGroup` of an instance; `body` is `{name: NAME_OR_ID}`. */
export async function changeGroups(
  { session }: Pick<ComputeDeps, 'session'>,
  row: InstanceRow,
  change: { body: unknown; isMember: boolean },
): Promise<void> {
  const { name } = parseBody(nameSchema, change.body);
  const group = await findGroup(session, row.project_id, name);
  const ports = await portsOf(session, [row]);
  if (ports.length === 0)
    throw badRequest(`instance_id ${row.id} could not be found as device id on any ports`);
  const others = ports.filter(
    ({ security_groups = [] }) => security_groups.includes(group) !== change.isMember,
  );
  if (!change.isMember && others.length === 0)
    throw notFound(`Security group ${name} not associated with the instance ${row.id}`);
  for (const { id, security_groups = [] } of others) {
    const rest = security_groups.filter((one) => one !== group);
    const port = { security_groups: change.isMember ? [...rest, group] : rest };
    await session.request('network', { method: 'PUT', path: `/v2.0/ports/${id}`, body: { port } });
  }
}

async function findGroup(session: Asker, project_id: string, wish: string): Promise<string> {
  const groups = await getNetworking<Group>(session, 'security-groups', { tenant_id: project_id });
  const found = groups.filter(({ id, name }) => id === wish || name === wish);
  if (found.length > 1)
    throw conflict(`Multiple security groups found matching '${wish}'. Use an ID to be more specific.`);
  if (found[0] === undefined) throw notFound(`Security group ${wish} not found for project ${project_id}.`);
  return found[0].id;
}

export function addSecurityGroups(router: Router, deps: ComputeDeps): void {
  const ofProject = ({ project_id }: RequestContext) =>
    getNetworking<Group>(deps.session, 'security-groups', { tenant_id: project_id });

  router.get('/os-security-groups', async (_req, res) => {
    res.json({ security_groups: (await ofProject(callerOf(res))).map(show) });
  });
  router.get('/os-security-groups/:id', async (req, res) => {
    const group = (await ofProject(callerOf(res))).find(({ id }) => id === req.params.id);
    if (group === undefined) throw notFound(`Security group ${req.params.id} not found.`);
    res.json({ security_group: show(group) });
  });
  router.get('/servers/:id/os-security-groups', async (req, res) => {
    const row = await getInstance(deps, req.params.id, callerOf(res));
    const groups = (await groupsOf(deps.session, [row])).get(row.id) ?? [];
    res.json({ security_groups: groups.map(show) });
  });
}
