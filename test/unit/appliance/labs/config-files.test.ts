import { join } from 'node:path';
import { expect, test } from 'vitest';
import {
  configFiles,
  fillTemplate,
  readTemplates,
  setOption,
} from '../../../../server/appliance/labs/config-files.ts';
import { mechanisms } from '../../../../server/appliance/labs/cloud-shape.ts';
import { brokerHash, makeSecrets } from '../../../../server/appliance/labs/secrets.ts';
import { defaultSpec } from '../../../../server/appliance/labs/spec.ts';

const { nodes } = defaultSpec('play');
const find = (name: string) => nodes.find((node) => node.name === name)!;
const imagesFolder = join(import.meta.dirname, '../../../../images');

test('a mark is replaced by its value, also beside the @ of an address', () => {
  expect(fillTemplate('rabbit://openstack:@RABBIT_PASS@@controller:5672/', { RABBIT_PASS: 's3' })).toBe(
    'rabbit://openstack:s3@controller:5672/',
  );
});

test('a mark without a value is an error', () => {
  expect(() => fillTemplate('password = @OTHER_PASS@', {})).toThrow('OTHER_PASS');
});

test('an option is set in place of its earlier value', () => {
  const text = '[DEFAULT]\ndebug = False\n\n[ovs]\ndebug = 1\n';
  expect(setOption(text, { section: 'DEFAULT', option: 'debug', value: 'True' })).toBe(
    '[DEFAULT]\ndebug = True\n\n[ovs]\ndebug = 1\n',
  );
});

test('a new option goes into its section, a new section to the end', () => {
  const text = '[DEFAULT]\nverbose = True\n';
  expect(setOption(text, { section: 'DEFAULT', option: 'debug', value: 'True' })).toBe(
    '[DEFAULT]\ndebug = True\nverbose = True\n',
  );
  expect(setOption(text, { section: 'agent', option: 'polling', value: '2' })).toBe(
    '[DEFAULT]\nverbose = True\n\n[agent]\npolling = 2\n',
  );
});

test('every template of every kind of node can be rendered', async () => {
  const secrets = makeSecrets();
  for (const mechanism of mechanisms)
    for (const node of defaultSpec('play', { mechanism, isDistributed: true }).nodes) {
      const templates = await readTemplates(imagesFolder, node.kind);
      const files = configFiles(node, { templates, secrets, overrides: [] });
      for (const { content } of files) expect(String(content)).not.toMatch(/@[A-Z_0-9]+@/);
    }
});

test('an override for a kind reaches its nodes and no others, in a file that may be new', () => {
  const override = { node: 'compute', file: '/etc/x/y.ini', section: 'a', option: 'b', value: 'c' };
  const rendered = (name: string) =>
    configFiles(find(name), { templates: {}, secrets: {}, overrides: [override] });
  expect(rendered('compute2')).toEqual([{ path: 'etc/x/y.ini', content: '[a]\nb = c\n', mode: 0o600 }]);
  expect(rendered('network')).toEqual([]);
});

test('a node gets the files of the services that run on it, and no others', async () => {
  const secrets = makeSecrets();
  const { nodes: shaped } = defaultSpec('play', {
    ...{ mechanismOf: { compute2: 'linuxbridge' }, types: ['vxlan', 'vlan'], isDistributed: true },
  });
  const filesOf = async (name: string) => {
    const node = shaped.find((one) => one.name === name)!;
    const templates = await readTemplates(imagesFolder, node.kind);
    const files = configFiles(node, { templates, secrets, overrides: [] });
    return new Map(files.map(({ path, content }) => [path.replace('etc/neutron/', ''), String(content)]));
  };
  const one = await filesOf('compute1');
  expect([...one.keys()].sort()).toEqual([
    ...['etc/nova/nova.conf', 'l3_agent.ini', 'metadata_agent.ini', 'neutron.conf'],
    'plugins/openvswitch/ovs_neutron_plugin.ini',
  ]);
  expect(one.get('l3_agent.ini')).toContain('agent_mode = dvr\n');
  const ovs = one.get('plugins/openvswitch/ovs_neutron_plugin.ini');
  expect(ovs).toContain('local_ip = 192.168.1.12\n');
  expect(ovs).toContain('tunnel_types = vxlan\n');
  expect(ovs).toContain('bridge_mappings = physnet1:br-ex,physnet2:br-eth1\n');
  const two = await filesOf('compute2');
  expect([...two.keys()].sort()).toEqual([
    ...['etc/nova/nova.conf', 'neutron.conf', 'plugins/linuxbridge/linuxbridge_conf.ini'],
  ]);
  expect(two.get('plugins/linuxbridge/linuxbridge_conf.ini')).toContain(
    'physical_interface_mappings = physnet2:eth1\n',
  );
  const ml2 = (await filesOf('controller')).get('plugins/ml2/ml2_conf.ini');
  expect(ml2).toContain('mechanism_drivers = openvswitch,linuxbridge,l2population\n');
});

test('metering agents run beside the routers of a cloud that asks for them, with their file', async () => {
  const templates = await readTemplates(imagesFolder, 'network');
  const meteringOf = (shape: Parameters<typeof defaultSpec>[1], name: string) => {
    const node = defaultSpec('play', shape).nodes.find((one) => one.name === name)!;
    const files = configFiles(node, { templates, secrets: makeSecrets(), overrides: [] });
    const file = files.find(({ path }) => path === 'etc/neutron/metering_agent.ini');
    expect(node.services.includes('neutron-metering-agent')).toBe(file !== undefined);
    return file && String(file.content);
  };
  expect(meteringOf({}, 'network')).toBeUndefined();
  expect(meteringOf({ isMetered: true }, 'compute1')).toBeUndefined();
  expect(meteringOf({ isMetered: true, isDistributed: true }, 'compute1')).toContain('iptables_driver');
  expect(meteringOf({ isMetered: true }, 'network')).toContain('\n[agent]\nreport_interval = 5\n');
});

test("the broker's hash is the salt and the digest of salt and password", () => {
  // From RabbitMQ's guide to passwords.
  expect(brokerHash('test12', Buffer.from('908DC60A', 'hex'))).toBe(
    'kI3GCqW5JLMJa4iX1lo7X4D6XbYqlLgxIs30+P6tENUV2POR',
  );
});
