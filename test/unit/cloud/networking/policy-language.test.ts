// The language of policy rules.
import { expect, it } from 'vitest';
import { adminContext } from '../../../../server/cloud/model/context.ts';
import { compileRule } from '../../../../server/cloud/networking/policy-language.ts';

const context = { ...adminContext(), roles: ['member'], project_id: 'p1', user_id: 'u1' };
const target = { tenant_id: 'p1', shared: true, 'network:tenant_id': 'p2' };
const allows = (rule: unknown) => compileRule(rule)({ context, target, rule: (name) => name === 'known' });

it.each<[unknown, boolean]>([
  ['', true],
  ['@', true],
  ['!', false],
  ['role:member', true],
  ['role:Member', true],
  ['role:admin', false],
  ['rule:known', true],
  ['rule:unknown', false],
  ['tenant_id:%(tenant_id)s', true],
  ['project_id:%(project_id)s', true],
  ['tenant_id:%(network:tenant_id)s', false],
  ['tenant_id:%(missing)s', false],
  ['user_id:u1', true],
  ['field:networks:shared=True', true],
  ['field:networks:absent=None', false],
  ['role:admin or role:member', true],
  ['role:admin and role:member', false],
  ['not role:admin', true],
  ['role:admin or role:member and rule:unknown', false],
  ['(role:admin or role:member) and tenant_id:%(tenant_id)s', true],
  ['not (role:member and rule:known)', false],
  [[], true],
  [[['role:admin'], ['role:member', 'rule:known']], true],
  [[['role:member', 'rule:unknown']], false],
])('%j', (rule, expected) => expect(allows(rule)).toBe(expected));

it.each(['role', '(role:admin', 'role:admin)', 'role:admin or', 'field:networks', 7])(
  '%j is refused',
  (rule) => {
    expect(() => compileRule(rule)).toThrow();
  },
);
