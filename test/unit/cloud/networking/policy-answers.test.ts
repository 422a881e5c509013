// Rules asked of many rows: the same answers as asked of each, from the attributes they name.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createLogger } from '../../../../server/lib/log.ts';
import { adminContext, type RequestContext } from '../../../../server/cloud/model/context.ts';
import { resources } from '../../../../server/cloud/model/index.ts';
import { defaultPolicy } from '../../../../server/cloud/networking/default-policy.ts';
import { answerOf } from '../../../../server/cloud/networking/policy-answers.ts';
import { createPolicy } from '../../../../server/cloud/networking/policy.ts';

const log = createLogger({ log_file: '/dev/null' }, 'policy');
const rules: Record<string, string> = {
  ...defaultPolicy(resources),
  get_port: 'rule:admin_or_owner and not field:ports:name=hidden',
  loop: 'rule:loop or project_id:%(project_id)s',
};
const policy = createPolicy(rules, { log });
const admin = adminContext();
const member: RequestContext = { ...admin, is_admin: false, roles: ['member'], project_id: 'one' };

const target = fc.record(
  {
    tenant_id: fc.constantFrom('one', 'other'),
    'network:tenant_id': fc.constantFrom('one', 'other'),
    name: fc.constantFrom('hidden', 'shown'),
    shared: fc.boolean(),
    'router:external': fc.boolean(),
    device_owner: fc.constantFrom('', 'network:dhcp'),
    target_tenant: fc.constantFrom('*', 'one'),
  },
  { requiredKeys: [] },
);

describe('a rule asked of many rows', () => {
  it('answers as it does for each of them', () => {
    fc.assert(
      fc.property(fc.constantFrom(...Object.keys(rules)), fc.array(target), (action, targets) => {
        for (const context of [admin, member]) {
          const answer = answerOf(policy, action, context);
          for (const of of targets)
            expect(typeof answer === 'function' ? answer(of) : answer).toBe(
              policy.allows(action, context, of),
            );
        }
      }),
    );
  });

  it('looks at nothing but the attributes it names', () => {
    fc.assert(
      fc.property(fc.constantFrom(...Object.keys(rules)), target, (action, of) => {
        const { attributes, allows } = policy.ruleOf(action);
        const look = (from: object, name: string) => {
          expect(attributes).toContain(name);
          return Reflect.get(from, name) as unknown;
        };
        allows(member, new Proxy(of, { get: look }) as Record<string, unknown>);
      }),
    );
  });

  it('decides once for all where it looks at no row', () => {
    expect(answerOf(policy, 'get_port', { ...admin, is_admin: true })).toBeTypeOf('function');
    expect(answerOf(policy, 'get_agent', admin)).toBe(true);
    expect(answerOf(policy, 'get_agent', member)).toBe(false);
  });

  it('names what the older lists of conditions look at', () => {
    const older = createPolicy(
      { listed: [['role:member', 'tenant_id:%(tenant_id)s'], ['rule:other']] as never, other: 'a:%(b)s' },
      { log },
    );
    expect([...older.ruleOf('listed').attributes].sort()).toEqual(['b', 'tenant_id']);
  });
});
