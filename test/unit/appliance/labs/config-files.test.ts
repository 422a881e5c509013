import { join } from 'node:path';
import { expect, test } from 'vitest';
import {
  configFiles,
  fillTemplate,
  readTemplates,
  setOption,
} from '../../../../server/appliance/labs/config-files.ts';
import { brokerHash, makeSecrets } from '../../../../server/appliance/labs/secrets.ts';
import { nodeKinds, nodeOf } from '../../../../server/appliance/labs/spec.ts';

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
  for (const kind of nodeKinds) {
    const templates = await readTemplates(imagesFolder, kind);
    const files = configFiles(nodeOf(kind, kind), { templates, secrets, overrides: [] });
    for (const { content } of files) expect(String(content)).not.toMatch(/@[A-Z_]+@/);
  }
});

test('an override for a kind reaches its nodes and no others, in a file that may be new', () => {
  const override = { node: 'compute', file: '/etc/x/y.ini', section: 'a', option: 'b', value: 'c' };
  const rendered = (name: string, kind: 'compute' | 'network') =>
    configFiles(nodeOf(name, kind), { templates: {}, secrets: {}, overrides: [override] });
  expect(rendered('compute2', 'compute')).toEqual([
    { path: 'etc/x/y.ini', content: '[a]\nb = c\n', mode: 0o600 },
  ]);
  expect(rendered('network', 'network')).toEqual([]);
});

test("the broker's hash is the salt and the digest of salt and password", () => {
  // From RabbitMQ's guide to passwords.
  expect(brokerHash('test12', Buffer.from('908DC60A', 'hex'))).toBe(
    'kI3GCqW5JLMJa4iX1lo7X4D6XbYqlLgxIs30+P6tENUV2POR',
  );
});
