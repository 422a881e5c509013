// Metering over a whole cloud: labels made by the API, packets of a guest through its router, and what is told of them.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { until, type CloudClient } from '../bench/cloud-admin.ts';
import { openTenant, startCloud, type RunningCloud } from '../support/cloud/running-cloud.ts';
import { boot, deleteAll, makeNetwork, makeRouter, waitForInstance } from '../support/cloud/topology.ts';

const agentOption = (option: string, value: string) => ({
  ...{ node: 'network', file: '/etc/neutron/metering_agent.ini', section: 'DEFAULT' },
  ...{ option, value },
});

let cloud: RunningCloud;
let client: CloudClient;
beforeAll(async () => {
  const config = [
    agentOption('measure_interval', '1'),
    agentOption('report_interval', '1'),
    agentOption('notification_driver', 'log_notifier'),
  ];
  cloud = await startCloud('test-metering', { isMetered: true, computeCount: 1, config });
  client = await openTenant(cloud, 'red');
  await deleteAll(client);
});
afterAll(() => cloud?.[Symbol.asyncDispose]());

/** Packets told of a label so far. */
async function packetsOf(label: string): Promise<number> {
  const log = await cloud.run('network', 'cat', '/var/log/neutron/neutron-metering-agent.log');
  const events = [...log.matchAll(/l3\.meter (\{.*\})/g)].map(
    ([, text]) => JSON.parse(text!) as { label_id: string; pkts: number; host: string },
  );
  return events.filter(({ label_id }) => label_id === label).reduce((sum, { pkts }) => sum + pkts, 0);
}

async function makeLabel(name: string, rule: object): Promise<string> {
  const { metering_label } = await client.send<{ metering_label: { id: string } }>(
    ...(['network', 'POST', '/v2.0/metering/metering-labels', { metering_label: { name } }] as const),
  );
  await client.send('network', 'POST', '/v2.0/metering/metering-label-rules', {
    metering_label_rule: { metering_label_id: metering_label.id, ...rule },
  });
  return metering_label.id;
}

it('counts what a guest sends and what comes back, and nothing that is excluded', async () => {
  const network = await makeNetwork(client, { name: 'one', cidr: '10.1.0.0/24' });
  const place = { name: 'one', host: 'compute1', network, address: '10.1.0.11' };
  const subnetIds = [network.subnetId];
  const [router, id] = await Promise.all([
    makeRouter(client, { name: 'router', publicId: cloud.publicId, subnetIds }),
    boot(cloud, client, place),
  ]);
  const guest = await waitForInstance(client, { ...place, id });
  const sent = await makeLabel('sent', { direction: 'egress', remote_ip_prefix: '10.1.0.0/24' });
  const back = await makeLabel('back', { direction: 'ingress', remote_ip_prefix: '10.1.0.11/32' });
  const other = await makeLabel('other', { direction: 'egress', remote_ip_prefix: '10.9.0.0/24' });
  const inRouter = ['ip', 'netns', 'exec', `qrouter-${router.id}`];
  const isCounted = async (label: string) => {
    const saved = await cloud.run('network', ...inRouter, 'iptables-save', '-t', 'filter');
    return saved.includes(`-j neutron-meter-l-${label.slice(0, 12)}`) ? true : undefined;
  };
  for (const label of [sent, back, other])
    await until(() => isCounted(label), `the chain of ${label}`, 15_000);
  const ping = ['guest-exec', '-r', guest.id, 'ping', '-c', '5', '-i', '0.2', '10.64.201.254'];
  await cloud.run('compute1', ...ping);
  for (const label of [sent, back])
    await until(
      async () => ((await packetsOf(label)) >= 5 ? true : undefined),
      `five packets of ${label}`,
      15_000,
    );
  expect(await packetsOf(other)).toBe(0);
  const { agents } = await cloud.admin.send<{ agents: { binary: string; alive: boolean }[] }>(
    ...(['network', 'GET', '/v2.0/agents?agent_type=Metering+agent'] as const),
  );
  expect(agents).toMatchObject([{ binary: 'neutron-metering-agent', alive: true }]);
});
