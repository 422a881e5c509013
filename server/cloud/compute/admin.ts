// What lies around instances: flavors, zones, services, limits, extensions.
import type { Router, Response } from 'express';
import { z } from 'zod';
import { instances, type ServiceRow } from '../store/compute-tables.ts';
import type { ComputeDeps } from './deps.ts';
import { forbidden, notFound } from './failure.ts';
import { findFlavor, flavors, linksOf, showFlavor } from './flavors.ts';
import { parseBody } from './parse-body.ts';
import { baseOf, callerOf } from './servers.ts';

/** The service that is to be enabled or disabled. */
const serviceSchema = z.strictObject({
  host: z.string().min(1).max(255),
  binary: z.string().min(1).max(255),
  disabled_reason: z.string().min(1).max(255).optional(),
});

const requireAdmin = (res: Response, rule: string) => {
  if (!callerOf(res).is_admin) throw forbidden(`Policy doesn't allow ${rule} to be performed.`);
};

const seenTime = ({ seen_at }: ServiceRow) => new Date(seen_at).toISOString().replace('Z', '000');

export function addFlavors(router: Router): void {
  router.get('/flavors', (req, res) => {
    const list = flavors.map(({ id, name }) => ({ id, name, links: linksOf(id, baseOf(req)) }));
    res.json({ flavors: list });
  });
  router.get('/flavors/detail', (req, res) => {
    res.json({ flavors: flavors.map((flavor) => showFlavor(flavor, baseOf(req))) });
  });
  router.get('/flavors/:id', (req, res) => {
    const flavor = findFlavor(req.params.id);
    if (flavor === undefined) throw notFound(`Flavor ${req.params.id} could not be found.`);
    res.json({ flavor: showFlavor(flavor, baseOf(req)) });
  });
  router.get('/flavors/:id/os-extra_specs', (_req, res) => void res.json({ extra_specs: {} }));
}

export function addZones(router: Router, { hosts, defaultZone }: ComputeDeps): void {
  router.get(['/os-availability-zone', '/os-availability-zone/detail'], async (req, res) => {
    const isDetail = req.path.endsWith('/detail');
    if (isDetail) requireAdmin(res, 'os_compute_api:os-availability-zone:detail');
    const services = await hosts.list();
    const names = [...new Set([defaultZone, ...services.map(({ zone }) => zone)])];
    res.json({
      availabilityZoneInfo: names.map((zoneName) => {
        const members = services.filter(({ zone }) => zone === zoneName);
        return {
          zoneName,
          zoneState: { available: members.some((service) => hosts.isUp(service) && !service.disabled) },
          hosts: isDetail ? Object.fromEntries(members.map((one) => [one.host, hostInfo(one)])) : null,
        };
      }),
    });
  });
  const hostInfo = (service: ServiceRow) => ({
    'nova-compute': {
      available: hosts.isUp(service),
      active: !service.disabled,
      updated_at: seenTime(service),
    },
  });
}

export function addServices(router: Router, { hosts }: ComputeDeps): void {
  const show = (service: ServiceRow) => ({
    id: service.id,
    binary: service.binary,
    host: service.host,
    zone: service.zone,
    status: service.disabled ? 'disabled' : 'enabled',
    state: hosts.isUp(service) ? 'up' : 'down',
    updated_at: seenTime(service),
    disabled_reason: service.disabled_reason,
  });
  router.get('/os-services', async (req, res) => {
    requireAdmin(res, 'os_compute_api:os-services');
    const { host, binary } = req.query as Record<string, string | undefined>;
    const services = (await hosts.list()).filter(
      (one) => (host ?? one.host) === one.host && (binary ?? one.binary) === one.binary,
    );
    res.json({ services: services.map(show) });
  });
  router.put('/os-services/:verb', async (req, res, next) => {
    const { verb } = req.params;
    if (!/^(enable|disable|disable-log-reason)$/.test(verb)) return next();
    requireAdmin(res, 'os_compute_api:os-services');
    const { host, binary, disabled_reason } = parseBody(serviceSchema, req.body);
    const service = await hosts.setDisabled(host, verb !== 'enable', disabled_reason);
    if (service === undefined) throw notFound(`Host '${host}' is not mapped to any cell`);
    const status = verb === 'enable' ? 'enabled' : 'disabled';
    const reason = disabled_reason === undefined ? {} : { disabled_reason };
    res.json({ service: { host, binary, status, ...reason } });
  });
}

/** What Compute could limit and does not: -1 is unlimited. */
const unlimited = [
  ...['cores', 'instances', 'key_pairs', 'metadata_items', 'ram', 'server_groups', 'server_group_members'],
  ...['fixed_ips', 'floating_ips', 'security_groups', 'security_group_rules'],
  ...['injected_files', 'injected_file_content_bytes', 'injected_file_path_bytes'],
];

export function addQuotas(router: Router): void {
  router.get(['/os-quota-sets/:id', '/os-quota-sets/:id/defaults'], (req, res) => {
    const { id } = req.params;
    if (id !== callerOf(res).project_id) requireAdmin(res, 'os_compute_api:os-quota-sets:show');
    res.json({ quota_set: { id, ...Object.fromEntries(unlimited.map((name) => [name, -1])) } });
  });
}

export function addRest(router: Router, { store }: ComputeDeps): void {
  router.get('/os-aggregates', (_req, res) => {
    requireAdmin(res, 'os_compute_api:os-aggregates:index');
    res.json({ aggregates: [] });
  });
  router.get('/extensions', (_req, res) => void res.json({ extensions: [] }));
  router.get('/limits', async (_req, res) => {
    const used = await store.read.count(instances, { project_id: callerOf(res).project_id });
    const absolute = { maxTotalInstances: -1, totalInstancesUsed: used, maxTotalKeypairs: -1 };
    res.json({ limits: { rate: [], absolute } });
  });
}
