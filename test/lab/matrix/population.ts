// Switches L2 population, and what needs it, off in a running cloud: settings are written and the daemons restarted.
import { setOption } from '../../../server/appliance/labs/config-files.ts';
import { until } from '../../bench/cloud-admin.ts';
import type { RunningCloud } from '../../support/cloud/running-cloud.ts';
import { restartAgent } from '../../support/cloud/services.ts';

const plugins = '/etc/neutron/plugins';
const ovsFile = `${plugins}/openvswitch/ovs_neutron_plugin.ini`;
const bridgeFile = `${plugins}/linuxbridge/linuxbridge_conf.ini`;
type Setting = [section: string, option: string, value: string];

async function set(
  { lab, run }: RunningCloud,
  node: string,
  file: string,
  settings: Setting[],
): Promise<void> {
  let text = await run(node, 'cat', file);
  for (const [section, option, value] of settings) text = setOption(text, { section, option, value });
  const { code } = await lab.runInNode(node, ['sh', '-c', 'cat >"$0"', file], { stdin: text });
  if (code !== 0) throw new Error(`${file} on ${node} could not be written`);
}

/** From now on hosts find out by themselves where ports are; there are no distributed routers any more. */
export async function switchPopulationOff(cloud: RunningCloud): Promise<void> {
  await set(cloud, 'controller', `${plugins}/ml2/ml2_conf.ini`, [
    ['ml2', 'mechanism_drivers', 'openvswitch,linuxbridge'],
  ]);
  await cloud.run('controller', 'service', 'neutron-server', 'restart');
  await until(
    async () =>
      cloud.admin
        .send('network', 'GET', '/v2.0/agents')
        .then(() => true as const)
        .catch(() => undefined),
    'the Networking API to answer',
  );
  const nodes = cloud.lab.nodeNames.filter((name) => /^(network|compute)/.test(name));
  await Promise.all(
    nodes.map(async (node) => {
      const { code } = await cloud.lab.runInNode(node, ['test', '-e', ovsFile]);
      if (code === 0)
        await set(cloud, node, ovsFile, [
          ['agent', 'l2_population', 'False'],
          ['agent', 'enable_distributed_routing', 'False'],
        ]);
      else await set(cloud, node, bridgeFile, [['vxlan', 'l2_population', 'False']]);
      const mechanism = code === 0 ? 'openvswitch' : 'linuxbridge';
      await restartAgent(cloud, node, `neutron-${mechanism}-agent`);
    }),
  );
}
