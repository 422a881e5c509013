// POST /servers: checks the request, writes the instance down, picks a host and tells it.
import { randomBytes, randomUUID } from 'node:crypto';
import { z } from 'zod';
import { ApiFailure } from '../client/session.ts';
import type { RequestContext } from '../model/context.ts';
import type { RequestSpec } from '../model/instance.ts';
import { instances, keypairs, type InstanceRow } from '../store/compute-tables.ts';
import type { ComputeDeps } from './deps.ts';
import { badRequest, forbidden } from './failure.ts';
import { newFault } from './fault.ts';
import { findFlavor } from './flavors.ts';
import { resolveGroups, resolveNetworks } from './networks.ts';
import { parseBody } from './parse-body.ts';

const uuid = z.uuid();
const reference = z.string().transform((value) => value.split('/').at(-1)!);
const truth = z.union([z.boolean(), z.stringbool()]);
const metadata = z.record(z.string().max(255), z.string().max(255));

const schema = z.strictObject({
  server: z.strictObject({
    name: z.string().trim().min(1).max(255),
    imageRef: reference.optional(),
    flavorRef: z.union([z.string(), z.number()]).transform((value) => String(value).split('/').at(-1)!),
    key_name: z.string().nullish(),
    networks: z
      .array(z.strictObject({ uuid: uuid.optional(), port: uuid.nullish(), fixed_ip: z.string().nullish() }))
      .optional(),
    security_groups: z.array(z.strictObject({ name: z.string().min(1).max(255) })).optional(),
    availability_zone: z.string().nullish(),
    config_drive: truth.nullish(),
    metadata: metadata.optional(),
    user_data: z.base64().max(65535).nullish(),
    accessIPv4: z.string().optional(),
    accessIPv6: z.string().optional(),
    adminPass: z.string().optional(),
    min_count: z.coerce.number().int().min(1).optional(),
    max_count: z.coerce.number().int().min(1).max(20).optional(),
    return_reservation_id: truth.optional(),
    'OS-DCF:diskConfig': z.enum(['AUTO', 'MANUAL']).optional(),
    personality: z.array(z.unknown()).optional(),
    block_device_mapping_v2: z.array(z.unknown()).optional(),
  }),
  'os:scheduler_hints': z.looseObject({}).optional(),
  'OS-SCH-HNT:scheduler_hints': z.looseObject({}).optional(),
});

type Request = z.output<typeof schema>['server'];

/** The instances made and the password of them; errors are the caller's (400, 403, 409). */
export async function createServers(
  deps: ComputeDeps,
  body: unknown,
  caller: RequestContext,
): Promise<{ rows: InstanceRow[]; adminPass: string }> {
  const parsed = parseBody(schema, body);
  const { server } = parsed;
  const hints = parsed['os:scheduler_hints'] ?? parsed['OS-SCH-HNT:scheduler_hints'] ?? {};
  const flavor = findFlavor(server.flavorRef);
  if (flavor === undefined) throw badRequest(`Flavor ${server.flavorRef} could not be found.`);
  const [zone, host] = placeOf(server.availability_zone, caller);
  await checkZone(deps, zone);
  const groups = server.security_groups?.map(({ name }) => name) ?? ['default'];
  const [image_id, requested_networks, security_group_ids, key] = await Promise.all([
    checkImage(deps, server.imageRef),
    resolveNetworks(deps.session, caller, requestedOf(server)),
    resolveGroups(deps.session, caller.project_id, groups),
    findKey(deps, server.key_name, caller),
  ]);
  const time = new Date().toISOString();
  const draft = {
    project_id: caller.project_id,
    user_id: caller.user_id,
    image_id,
    flavor_id: flavor.id,
    key_name: key?.name ?? null,
    key_data: key?.public_key ?? null,
    user_data: server.user_data ?? null,
    server_password: null,
    metadata: server.metadata ?? {},
    config_drive: server.config_drive ?? false,
    access_ipv4: server.accessIPv4 ?? '',
    access_ipv6: server.accessIPv6 ?? '',
    availability_zone: zone || deps.defaultZone,
    host: null,
    old_host: null,
    old_flavor_id: null,
    new_host: null,
    request_spec: {
      ...{ zone, host: host ?? null, failures: [] },
      different_host: [hints.different_host ?? []].flat().map(String),
    },
    vm_state: 'building',
    task_state: 'scheduling',
    power_state: 0,
    wanted: 'running' as const,
    generation: 1,
    rebuilds: 0,
    requested_networks,
    security_groups: groups,
    security_group_ids,
    network_info: null,
    fault: null,
    created_at: time,
    updated_at: time,
    launched_at: null,
    terminated_at: null,
  };
  const count = Math.max(server.min_count ?? 1, server.max_count ?? server.min_count ?? 1);
  const rows: InstanceRow[] = [];
  for (let index = 1; index <= count; index++) {
    const name = count === 1 ? server.name : `${server.name}-${index}`;
    rows.push(await place(deps, caller, { ...draft, name, hostname: hostnameOf(name) }));
  }
  return { rows, adminPass: server.adminPass ?? randomBytes(9).toString('base64url') };
}

type Draft = Omit<InstanceRow, 'id' | 'number'>;

/** Stores one instance with the host it goes to; without a host it is in ERROR, as a fault that the user can read. */
async function place(
  deps: ComputeDeps,
  caller: RequestContext,
  draft: Draft & { request_spec: RequestSpec },
): Promise<InstanceRow> {
  let row: Draft = draft;
  const { zone, host, different_host: differentFrom } = draft.request_spec;
  try {
    const chosen = await deps.hosts.schedule({ zone, ...(host === null ? {} : { host }), differentFrom });
    row = { ...draft, host: chosen };
  } catch (error) {
    const fault = newFault((error as Error).message);
    row = { ...draft, vm_state: 'error', task_state: null, wanted: 'none', fault };
  }
  const made = await deps.store.transaction(async (rows) => {
    const last = (
      await rows.all(instances, {}, { orderBy: [{ column: 'number', descending: true }], limit: 1 })
    )[0];
    const whole: InstanceRow = { ...row, id: randomUUID(), number: (last?.number ?? 0) + 1 };
    await rows.insert(instances, whole);
    return whole;
  });
  deps.events.updated(undefined, made, caller);
  if (made.host !== null) {
    const args = { instance_uuid: made.id };
    deps.rpc.cast('compute', 'build_and_run_instance', args, { server: made.host, context: caller });
  }
  return made;
}

function requestedOf({ networks }: Request) {
  return networks?.map(({ uuid: network_id, port, fixed_ip }) => {
    if (network_id === undefined && port == null)
      throw badRequest(`Bad networks format: network uuid is not in proper format (None)`);
    return {
      ...(port == null ? { network_id: network_id! } : { port_id: port }),
      ...(fixed_ip == null ? {} : { fixed_ip }),
    };
  });
}

/** `zone`, `zone:host`; only an admin may name the host. */
function placeOf(wish: string | null | undefined, caller: RequestContext): [string, string | undefined] {
  const [zone = '', host] = (wish ?? '').split(':');
  if (host !== undefined && host !== '' && !caller.is_admin)
    throw forbidden("Policy doesn't allow os_compute_api:servers:create:forced_host to be performed.");
  return [zone, host === '' ? undefined : host];
}

async function checkZone(deps: ComputeDeps, zone: string): Promise<void> {
  if (zone === '' || zone === deps.defaultZone) return;
  const zones = (await deps.hosts.list()).map((service) => service.zone);
  if (!zones.includes(zone)) throw badRequest('The requested availability zone is not available');
}

async function checkImage({ session }: ComputeDeps, id: string | undefined): Promise<string> {
  if (id === undefined || id === '') throw badRequest('Invalid imageRef provided.');
  try {
    const path = `/v2/images/${encodeURIComponent(id)}`;
    const { body } = await session.request<{ id: string; status: string }>('image', { method: 'GET', path });
    if (body.status !== 'active') throw badRequest(`Image ${id} is not active.`);
    return body.id;
  } catch (error) {
    if (error instanceof ApiFailure && error.status < 500) throw badRequest('Can not find requested image');
    throw error;
  }
}

async function findKey({ store }: ComputeDeps, name: string | null | undefined, caller: RequestContext) {
  if (name === null || name === undefined) return undefined;
  const key = await store.read.find(keypairs, { user_id: caller.user_id, name });
  if (key === undefined) throw badRequest('Invalid key_name provided.');
  return key;
}

/** A name that DNS takes (RFC 1123), from the name of the instance. A guest whose name its kernel refuses does not start. */
export const hostnameOf = (name: string): string =>
  name
    .toLowerCase()
    .replace(/[ _]/g, '-')
    .replace(/[^a-z0-9.-]/g, '')
    .replace(/[.-]*[.][.-]*/g, '.')
    .replace(/^[.-]+/, '')
    .slice(0, 63)
    .replace(/[.-]+$/, '') || 'server';
