// The metering agent beside an L3 agent: real packets through a real router, counted by label.
import { expect, it } from 'vitest';
import { createMeteringAgent } from '../../server/cloud/agents/metering/main.ts';
import { meteringOptions } from '../../server/cloud/model/options/metering.ts';
import type { MeteringRouterSpec, MeteringRuleSpec } from '../../server/cloud/model/specs.ts';
import { inNetns } from '../../server/host/netns.ts';
import { run } from '../../server/host/run.ts';
import { agentConfig } from '../support/agent-config.ts';
import { uuid } from '../support/network-specs.ts';
import { gateway, ns, router, routerId, routerLab } from '../support/router-lab.ts';
import { testLogger } from '../support/test-logger.ts';

const rule = (
  direction: 'ingress' | 'egress',
  remote_ip_prefix: string,
  further: Partial<MeteringRuleSpec> = {},
): MeteringRuleSpec => ({
  ...{ id: uuid('0f00'), metering_label_id: uuid('0e00'), direction, remote_ip_prefix },
  ...{ excluded: false, source_ip_prefix: null, destination_ip_prefix: null },
  ...further,
});
const labelOf = (id: string, ...rules: MeteringRuleSpec[]) => ({ id, name: id, shared: false, rules });
const metered = (...labels: MeteringRouterSpec['_metering_labels']): MeteringRouterSpec => ({
  ...{ id: routerId, name: 'r', tenant_id: 'tenant', admin_state_up: true, status: 'ACTIVE' },
  ...{ gw_port_id: gateway.id, distributed: false, _metering_labels: labels },
});
const [out, inn, none] = [uuid('aaaa1111'), uuid('bbbb2222'), uuid('cccc3333')];

const saved = async () => (await run(inNetns(ns, ['iptables-save', '-t', 'filter']))).stdout;
const chainsOf = (text: string) =>
  [...text.matchAll(/^:(neutron-meter\S+)/gm)].map(([, chain]) => chain).sort();

it('counts what the rules choose, tells it by label, repairs its chains and leaves none behind', async () => {
  let routers: MeteringRouterSpec[] = [];
  await using lab = await routerLab({}, { get_sync_data_metering: () => routers });
  const events: { event: string; payload: unknown }[] = [];
  const driver = 'neutron.services.metering.drivers.iptables.iptables_driver.IptablesMeteringDriver';
  const config = agentConfig(meteringOptions, { driver });
  const agent = createMeteringAgent(
    config,
    { ...lab.server.rpc, notify: (event, payload) => void events.push({ event, payload }) },
    testLogger,
  );
  const settle = async () => {
    await agent.reconciler.resync();
    await agent.reconciler.settle();
  };
  await settle();
  await lab.want(router);
  const before = await saved();
  routers = [
    metered(
      labelOf(out, rule('egress', '192.168.101.0/24')),
      labelOf(inn, rule('ingress', '192.168.0.0/16')),
      labelOf(none, rule('egress', '0.0.0.0/0'), rule('egress', '192.168.101.102/32', { excluded: true })),
    ),
  ];
  await settle();
  expect(await agent.reconciler.verify()).toEqual(new Map());
  expect(await lab.reconciler.verify()).toEqual(new Map());
  expect(chainsOf(await saved())).toEqual(
    [
      'neutron-meter-FORWARD',
      ...[out, inn, none].flatMap((id) =>
        ['l', 'r'].map((kind) => `neutron-meter-${kind}-${id.slice(0, 12)}`),
      ),
    ].sort(),
  );

  await agent.measure();
  await lab.vm1.run(['ping', '-c', '3', '-i', '0.2', '10.64.201.254']);
  await agent.measure();
  const counted = (pkts: number) => ({ pkts, bytes: pkts * 84, tenant_id: 'tenant', host: config.host });
  const byLabel = (one: { label_id: string }, other: { label_id: string }) =>
    one.label_id < other.label_id ? -1 : 1;
  expect(agent.report().sort(byLabel)).toMatchObject([
    { label_id: out, ...counted(3) },
    { label_id: inn, ...counted(3) },
    { label_id: none, ...counted(0) },
  ]);
  expect(events).toHaveLength(3);
  expect(events.every(({ event }) => event === 'l3.meter')).toBe(true);
  await agent.measure();
  expect(agent.report().sort(byLabel)).toMatchObject(
    [out, inn, none].map((label_id) => ({ label_id, ...counted(0) })),
  );

  await run(inNetns(ns, ['iptables', '-F', 'neutron-meter-FORWARD']));
  await settle();
  await lab.vm1.run(['ping', '-c', '2', '-i', '0.2', '10.64.201.254']);
  // another label comes, and what was counted so far is not lost
  routers = [metered(labelOf(out, rule('egress', '192.168.101.0/24')))];
  await settle();
  await agent.measure();
  expect(agent.report().sort(byLabel)).toMatchObject([
    { label_id: out, ...counted(2) },
    { label_id: inn, ...counted(2) },
    { label_id: none, ...counted(0) },
  ]);

  routers = [];
  await settle();
  const lines = (text: string) => text.split('\n').filter((line) => /^(:neutron|-A)/.test(line));
  expect(lines(await saved())).toEqual(lines(before));
  expect(await lab.reconciler.verify()).toEqual(new Map());
});
