// `./patchbay bench wiring`: how long the agents take and what they need, measured as facts/peer-neutron.md measured the real
// Neutron on this machine. Prints a table, judges nothing.
import { execFileSync } from 'node:child_process';
import { interruptible } from '../../server/appliance/cli/interrupt.ts';
import { openEngine, prepareImages } from '../../server/appliance/cli/ready-engine.ts';
import type { CloudShape } from '../../server/appliance/labs/cloud-shape.ts';
import { containerName } from '../../server/appliance/labs/names.ts';
import { openTenant, startCloud } from '../support/cloud/running-cloud.ts';
import { deleteAll } from '../support/cloud/topology.ts';
import { reportFigures, type Figure } from './figures.ts';
import { measureFailover } from './wiring-failover.ts';
import { measureMemory, measureRestart, measureScale } from './wiring-scale.ts';
import { createTenantMeasures } from './wiring-tenant.ts';

const rounds = 7;
const say = (text: string) => void process.stderr.write(`${text}\n`);
const option = (file: string, section: string, name: string, value: string) => ({
  ...{ node: 'controller', file: `/etc/neutron/${file}`, section, option: name, value },
});
const shape: Partial<CloudShape> = {
  networkCount: 2,
  config: [
    ...['network', 'subnet', 'port', 'router', 'floatingip'].map((name) =>
      option('neutron.conf', 'quotas', `quota_${name}`, '-1'),
    ),
    option('plugins/ml2/ml2_conf.ini', 'ml2_type_vlan', 'network_vlan_ranges', 'physnet1,physnet2:101:200'),
  ],
};

await interruptible(async (signal) => {
  await prepareImages(await openEngine(), signal);
  say('starting the cloud');
  await using cloud = await startCloud('bench-wiring', shape);
  const { admin, lab } = cloud;
  /** The peer has one network node; the second one is for the failover only. */
  const useSecondNode = async (admin_state_up: boolean) => {
    const path = '/v2.0/agents?host=network2';
    const { agents } = await admin.send<{ agents: { id: string; binary: string }[] }>('network', 'GET', path);
    for (const { id, binary } of agents)
      if (/dhcp|l3/.test(binary))
        await admin.send('network', 'PUT', `/v2.0/agents/${id}`, { agent: { admin_state_up } });
  };
  const tenant = await openTenant(cloud, 'bench');
  await deleteAll(tenant);
  await useSecondNode(false);
  const figures: Figure[] = [];

  say('wiring single things');
  const measures = await createTenantMeasures(cloud, tenant);
  const repeat = async (measure: (round: number) => Promise<number>) => {
    const samples: number[] = [];
    for (let round = 0; round < rounds && !signal.aborted; round++) samples.push(await measure(round));
    return samples;
  };
  figures.push(
    {
      ...{
        what: 'network, subnet, router, gateway, interface: dnsmasq, qr- and qg- up',
        unit: 'ms',
        atMost: 500,
      },
      ...{ peer: '2.6 s (6 to 17 s cold)', samples: await repeat(measures.wire) },
    },
    {
      ...{ what: 'port created and plugged to ACTIVE', unit: 'ms', atMost: 200 },
      ...{ peer: '1.4 s', samples: await repeat(measures.plugPort) },
    },
    {
      ...{ what: 'floating IP created to first answer', unit: 'ms', atMost: 300 },
      ...{ peer: '2.4 s (0.8 to 3.4)', samples: await repeat(measures.floatingIp) },
    },
  );
  await measures.close();
  await deleteAll(tenant);

  say('50 networks, 10 routers');
  const scale = await measureScale(cloud, tenant);
  say(`API calls answered after ${scale.callsSeconds.toFixed(1)} s`);
  figures.push({
    ...{ what: '50 networks with DHCP, 10 routers with gateway and 5 interfaces: everything up', unit: 's' },
    ...{ atMost: 30, peer: '244 s', samples: [scale.upSeconds] },
  });
  for (const [agent, peer] of [
    ['dhcp', '21 s'],
    ['openvswitch', '23 s'],
    ['l3', '199 s'],
  ] as const)
    figures.push({
      ...{ what: `${agent} agent restarted to fully synced with those`, unit: 's', atMost: 4, peer },
      samples: [await measureRestart(cloud, `neutron-${agent}-agent`)],
    });
  figures.push({
    ...{ what: 'all agents of one network node with those (PSS)', unit: 'MiB', atMost: 180 },
    ...{ peer: '530 MiB and helpers', samples: [await measureMemory(cloud)] },
  });
  await deleteAll(tenant);

  const { extensions } = await admin.send<{ extensions: { alias: string }[] }>(
    'network',
    'GET',
    '/v2.0/extensions',
  );
  if (extensions.some(({ alias }) => alias === 'l3-ha')) {
    say('failover of a highly available router');
    await useSecondNode(true);
    const kill = (node: string) =>
      execFileSync('docker', ['kill', containerName(lab.id, node)], { stdio: 'ignore' });
    figures.push({
      ...{ what: 'failover of an HA router: traffic lost', unit: 's', atMost: 2, peer: 'not measured' },
      samples: [await measureFailover(cloud, tenant, kill)],
    });
  } else say('This cloud has no highly available routers: no failover was measured.');
  process.stdout.write(`${reportFigures(figures, process.argv[2] ?? 'text')}\n`);
});
