// The chains that count, and where they lie.
import { expect, it } from 'vitest';
import { placesOf } from '../../../../server/cloud/agents/metering/desired.ts';
import { meteringTables } from '../../../../server/cloud/agents/metering/tables.ts';
import type { MeteringRouterSpec, MeteringRuleSpec } from '../../../../server/cloud/model/specs.ts';

const id = '11111111-2222-3333-4444-555555555555';
const rule = (further: Partial<MeteringRuleSpec>): MeteringRuleSpec => ({
  ...{ id, metering_label_id: id, direction: 'ingress', excluded: false },
  ...{ remote_ip_prefix: null, source_ip_prefix: null, destination_ip_prefix: null },
  ...further,
});
const labels = (...rules: Partial<MeteringRuleSpec>[]) => [
  { id, name: 'l', shared: false, rules: rules.map(rule) },
];
const counting = 'neutron-meter-l-11111111-222';
const choosing = 'neutron-meter-r-11111111-222';

it('what is excluded leaves before anything is counted', () => {
  const own = labels(
    { remote_ip_prefix: '10.0.0.0/8' },
    { remote_ip_prefix: '10.1.0.0/16', excluded: true },
    { remote_ip_prefix: '0.0.0.0/0', direction: 'egress' },
    { source_ip_prefix: '192.0.2.0/24', destination_ip_prefix: '10.0.0.0/8' },
    { remote_ip_prefix: '2001:db8::/64' },
  );
  expect(meteringTables([{ device: 'qg-x', labels: own }], 4).filter).toEqual({
    FORWARD: ['-j neutron-meter-FORWARD'],
    'neutron-meter-FORWARD': [`-j ${choosing}`],
    [choosing]: [
      '-d 10.1.0.0/16 -i qg-x -j RETURN',
      `-d 10.0.0.0/8 -i qg-x -j ${counting}`,
      `-o qg-x -j ${counting}`,
      `-s 192.0.2.0/24 -d 10.0.0.0/8 -i qg-x -j ${counting}`,
    ],
    [counting]: [''],
  });
  expect(meteringTables([{ device: 'qg-x', labels: own }], 6).filter?.[choosing]).toEqual([
    `-d 2001:db8::/64 -i qg-x -j ${counting}`,
  ]);
});

it('without labels there is nothing, without a gateway nothing to count', () => {
  expect(meteringTables([{ device: 'qg-x', labels: [] }], 4)).toEqual({});
  const tables = meteringTables(
    [{ device: undefined, labels: labels({ remote_ip_prefix: '10.0.0.0/8' }) }],
    4,
  );
  expect(tables.filter?.[choosing]).toEqual([]);
});

it('a distributed router counts at both of its ways out, a host without namespaces in its root', () => {
  const router: MeteringRouterSpec = {
    ...{ id, name: 'r', tenant_id: 't', admin_state_up: true, status: 'ACTIVE', distributed: true },
    ...{ gw_port_id: '99999999-8888-7777', _metering_labels: labels({ remote_ip_prefix: '10.0.0.0/8' }) },
  };
  const rules = (routers: MeteringRouterSpec[], use_namespaces: boolean) =>
    Object.fromEntries(
      [...placesOf(routers, { use_namespaces })].map(([ns, { tables }]) => [ns, tables[4].filter![choosing]]),
    );
  expect(rules([router], true)).toEqual({
    [`snat-${id}`]: [`-d 10.0.0.0/8 -i qg-99999999-88 -j ${counting}`],
    [`qrouter-${id}`]: [`-d 10.0.0.0/8 -i rfp-11111111-2 -j ${counting}`],
  });
  expect(rules([{ ...router, distributed: false }], false)).toEqual({
    '': [`-d 10.0.0.0/8 -i qg-99999999-88 -j ${counting}`],
  });
});
