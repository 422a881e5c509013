// /os-server-external-events: what Networking tells Compute (a port was plugged, changed, removed), passed on to the hosts.
import type { Router } from 'express';
import { z } from 'zod';
import { instances } from '../store/compute-tables.ts';
import type { ComputeDeps } from './deps.ts';
import { forbidden, notFound } from './failure.ts';
import { parseBody } from './parse-body.ts';
import { callerOf } from './servers.ts';

const schema = z.strictObject({
  events: z
    .array(
      z.strictObject({
        name: z.enum([
          'network-changed',
          'network-vif-plugged',
          'network-vif-unplugged',
          'network-vif-deleted',
        ]),
        server_uuid: z.string(),
        tag: z.string().optional(),
        status: z.enum(['failed', 'completed', 'in-progress']).default('completed'),
      }),
    )
    .min(1),
});

export function addExternalEvents(router: Router, { store, rpc }: ComputeDeps): void {
  router.post('/os-server-external-events', async (req, res) => {
    const caller = callerOf(res);
    const isService = caller.is_admin || caller.roles.some((role) => role.toLowerCase() === 'service');
    if (!isService)
      throw forbidden(
        "Policy doesn't allow os_compute_api:os-server-external-events:create to be performed.",
      );
    const { events } = parseBody(schema, req.body);
    const rows = await store.read.all(instances, { id: events.map(({ server_uuid }) => server_uuid) });
    const hostOf = new Map(rows.map(({ id, host }) => [id, host]));
    const accepted = events.filter(({ server_uuid }) => hostOf.get(server_uuid));
    if (accepted.length === 0 && rows.length === 0) throw notFound('No instances found for any event');
    for (const { name, server_uuid, tag, status } of accepted)
      rpc.cast(
        'compute',
        'external_instance_event',
        { instance_uuid: server_uuid, name, tag, status },
        { server: hostOf.get(server_uuid)!, context: caller },
      );
    const answered = events.map((event) => ({
      ...event,
      code: hostOf.get(event.server_uuid) ? 200 : hostOf.has(event.server_uuid) ? 422 : 404,
    }));
    const isWhole = answered.every(({ code }) => code === 200);
    res.status(isWhole ? 200 : 207).json({ events: answered });
  });
}
