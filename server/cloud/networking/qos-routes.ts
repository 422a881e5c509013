// GET /qos/rule-types: the kinds of QoS rules that are there, and which mechanism does what of them.
import type { Router } from 'express';
import { neutronError } from '../model/errors.ts';
import { bandwidthLimitRule, dscpMarkingRule } from '../model/qos.ts';
import type { Field, Resource } from '../../lib/resource.ts';
import { contextOf } from './context.ts';
import { refuse } from './policy.ts';
import type { Env } from './work.ts';

const types: Record<string, Resource> = {
  bandwidth_limit: bandwidthLimitRule,
  dscp_marking: dscpMarkingRule,
};

export function qosRoutes(router: Router, env: Env): void {
  const allowed = (res: Parameters<typeof contextOf>[1]) => {
    if (!env.policy.allows('get_rule_type', contextOf(env, res), {})) refuse('get_rule_type');
  };
  router.get('/qos/rule-types', (_req, res) => {
    allowed(res);
    res.json({ rule_types: Object.keys(types).map((type) => ({ type })) });
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
}

function valuesOf(field: Field) {
  if ('values' in field && field.values !== undefined)
    return { parameter_type: 'choices', parameter_values: field.values };
  if (field.type !== 'int') return undefined;
  return { parameter_type: 'range', parameter_values: { start: field.min, end: field.max } };
}
