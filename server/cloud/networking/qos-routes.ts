// The kinds of QoS rules that are there, and which mechanism does what of them; rules by their own id alone.
import type { Request, Router } from 'express';
import { validated } from '../../lib/validate.ts';
import { neutronError } from '../model/errors.ts';
import { bandwidthLimitRule, dscpMarkingRule } from '../model/qos.ts';
import type { Field, Resource } from '../../lib/resource.ts';
import { contextOf } from './context.ts';
import { findParent } from './nested-routes.ts';
import { chosen } from './plain-list.ts';
import { refuse } from './policy.ts';
import { deleteRequest, showRequest, updateRequest } from './requests.ts';
import { tablesByName } from './tables.ts';
import type { Env, Item } from './work.ts';

const types: Record<string, Resource> = {
  bandwidth_limit: bandwidthLimitRule,
  dscp_marking: dscpMarkingRule,
};

export function qosRoutes(router: Router, env: Env): void {
  const allowed = (res: Parameters<typeof contextOf>[1]) => {
    if (!env.policy.allows('get_rule_type', contextOf(env, res), {})) refuse('get_rule_type');
  };
  router.get('/qos/rule-types', (req, res) => {
    allowed(res);
    const url = new URL(req.originalUrl, 'http://localhost');
    for (const flag of ['all_supported', 'all_rules']) {
      for (const value of url.searchParams.getAll(flag)) validated(flag, { type: 'bool' }, value);
      url.searchParams.delete(flag);
    }
    // every mechanism knows every kind: what one of them can do, and what there is, are what all of them can
    const rule_types = Object.keys(types).map((type) => ({ type }));
    res.json({ rule_types: chosen(url.href, rule_types, ['type']) });
  });
  router.get('/qos/rule-types/:type', (req, res) => {
    allowed(res);
    const { type } = req.params;
    const resource = Object.hasOwn(types, type) ? types[type] : undefined;
    if (resource === undefined) throw neutronError('QosRuleTypeNotFound', { rule_type: type });
    const supported_parameters = Object.entries(resource.fields).flatMap(([name, field]) => {
      const values = valuesOf(field);
      return field.update && values !== undefined ? [{ parameter_name: name, ...values }] : [];
    });
    const drivers = env.plugin.mechanisms.map((name) => ({ name, supported_parameters }));
    res.json({ rule_type: { type, drivers } });
  });
  for (const resource of Object.values(types)) aliasRoutes(router, env, resource);
}

/** GET, PUT and DELETE /qos/alias-bandwidth-limit-rules/ID, of any policy that the caller sees. */
function aliasRoutes(router: Router, env: Env, resource: Resource): void {
  const { name, parent } = resource;
  const alias = `alias_${name}`;
  const one = `/qos/${alias.replaceAll('_', '-')}s/:id`;
  const idOf = (req: Request) => String(req.params.id);
  router.all(one, async (req, res, next) => {
    const row = await env.store.read.find(tablesByName[name]!, { id: idOf(req) });
    if (row === undefined) throw env.rules[name]!.notFound(idOf(req), '');
    await findParent(env, resource, String(row[parent!.field]), contextOf(env, res));
    next();
  });
  router.get(one, async (req, res) => {
    const asked = { env, resource, context: contextOf(env, res) };
    const found = await showRequest(asked, idOf(req), new URL(req.originalUrl, 'http://localhost'));
    res.json({ [alias]: found[name] });
  });
  router.put(one, async (req, res) => {
    const asked = { env, resource, context: contextOf(env, res) };
    const changes = (req.body as Item | null | undefined)?.[alias];
    const updated = await updateRequest(asked, idOf(req), { [name]: changes });
    res.json({ [alias]: updated[name] });
  });
  router.delete(one, async (req, res) => {
    await deleteRequest({ env, resource, context: contextOf(env, res) }, idOf(req));
    res.status(204).end();
  });
}

function valuesOf(field: Field) {
  if ('values' in field && field.values !== undefined)
    return { parameter_type: 'choices', parameter_values: field.values };
  if (field.type !== 'int') return undefined;
  return { parameter_type: 'range', parameter_values: { start: field.min, end: field.max } };
}
