import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { defineOptions, loadConfig } from '../../../server/lib/config.ts';

const folder = mkdtempSync(join(tmpdir(), 'config-'));
let count = 0;

/** Writes an ini file and returns its path. */
function file(text: string): string {
  const path = join(folder, `${count++}.ini`);
  writeFileSync(path, text);
  return path;
}

const groups = {
  DEFAULT: defineOptions({
    debug: { type: 'bool', default: false, help: '' },
    host: { type: 'string', default: 'node1', help: '' },
    publisher: { type: 'string', default: '$host', help: '' },
    report_interval: { type: 'int', default: 30, min: 1, max: 600, help: '' },
    service_plugins: { type: 'list', default: [], help: '' },
    notification_driver: { type: 'multi', default: [], help: '' },
    secret_number: { type: 'int', default: 0, help: '', secret: true },
    log_file: { type: 'string', default: null, help: '' },
  }),
  ovs: defineOptions({
    bridge_mappings: { type: 'dict', default: {}, help: '' },
    tenant_network_type: { type: 'string', default: 'local', choices: ['local', 'vlan'], help: '' },
  }),
};

const load = (...texts: string[]) =>
  loadConfig(
    groups,
    texts.flatMap((text) => ['--config-file', file(text)]),
  );

it('gives every option its default where no file says otherwise', () => {
  const config = load();
  expect(config.DEFAULT).toMatchObject({ debug: false, report_interval: 30, log_file: null });
  expect(config.ovs.tenant_network_type).toBe('local');
});

it('reads each type', () => {
  const config = load(
    '[DEFAULT]\ndebug = True\nreport_interval: 5\nservice_plugins = router, metering,\n' +
      'notification_driver = one\nnotification_driver = two\n[ovs]\nbridge_mappings = physnet1:br-eth1, physnet2:br:2\n',
  );
  expect(config.DEFAULT.debug).toBe(true);
  expect(config.DEFAULT.report_interval).toBe(5);
  expect(config.DEFAULT.service_plugins).toEqual(['router', 'metering']);
  expect(config.DEFAULT.notification_driver).toEqual(['one', 'two']);
  expect(config.ovs.bridge_mappings).toEqual({ physnet1: 'br-eth1', physnet2: 'br:2' });
});

it('lets a later file win, and the command line over all files', () => {
  const argv = [
    '--config-file',
    file('[DEFAULT]\nhost=a\ndebug=no'),
    '--config-file',
    file('[DEFAULT]\nhost=b'),
  ];
  const config = loadConfig(groups, [...argv, '--debug', '--log-file=/var/log/x.log', '--plan']);
  expect(config.DEFAULT).toMatchObject({ host: 'b', debug: true, log_file: '/var/log/x.log' });
  expect(config.rest).toEqual(['--plan']);
});

it('keeps comments and blank lines out, and joins continued lines', () => {
  const config = load(
    '# all\n[DEFAULT]\n; debug = maybe\nservice_plugins = router,\n  firewall\n\nhost = "x # y"\n',
  );
  expect(config.DEFAULT.service_plugins).toEqual(['router', 'firewall']);
  expect(config.DEFAULT.host).toBe('x # y');
});

it('puts other options in place of $name', () => {
  expect(load('[DEFAULT]\nhost = n2').DEFAULT.publisher).toBe('n2');
  expect(load('[DEFAULT]\nhost = n3\npublisher = a-${host}-$$5-$nobody').DEFAULT.publisher).toBe(
    'a-n3-$5-$nobody',
  );
});

it.each([
  [
    '[DEFAULT]\n\ndebug = maybe',
    /:3: option 'debug' of group \[DEFAULT\]: expected True or False, found 'maybe'/,
  ],
  ['[DEFAULT]\nreport_interval = 5s', /:2: option 'report_interval'.*expected a whole number, found '5s'/],
  ['[DEFAULT]\nreport_interval = 601', /:2: option 'report_interval'.*601 is more than 600/],
  [
    '[ovs]\nbridge_mappings = physnet1',
    /:2: option 'bridge_mappings' of group \[ovs\]: expected 'key:value'/,
  ],
  ['[ovs]\nbridge_mappings = a:b,a:c', /'a' is given twice/],
  ['[ovs]\ntenant_network_type = tree', /'tree' is none of local, vlan/],
  ['debug = True', /:1: option 'debug' stands before the first \[group\]/],
  ['[DEFAULT]\nnonsense', /:2: expected '\[group\]' or 'option = value', found 'nonsense'/],
])('refuses %j and names file, line and option', (text, message) => {
  expect(() => load(text)).toThrow(message);
});

it('does not show the value of a secret that does not fit', () => {
  expect(() => load('[DEFAULT]\nsecret_number = hunter2')).toThrow(/secret_number/);
  expect(() => load('[DEFAULT]\nsecret_number = hunter2')).not.toThrow(/hunter2/);
});

it('says which file cannot be read', () => {
  expect(() => loadConfig(groups, ['--config-file', join(folder, 'absent')])).toThrow(
    /absent: cannot be read/,
  );
});

it('warns of an unknown option and guesses the right one, unless another daemon knows it', () => {
  const text = '[ovs]\nbridge_mapings = a:b\n[DEFAULT]\nbind_port = 1';
  const known = [{ DEFAULT: { bind_port: { type: 'int', default: 0, help: '' } } }] as const;
  const config = loadConfig(groups, ['--config-file', file(text)], known);
  expect(config.warnings).toHaveLength(1);
  expect(config.warnings[0]).toMatch(
    /:2: unknown option 'bridge_mapings' in group \[ovs\].*did you mean 'bridge_mappings'/,
  );
});

it('cannot be changed', () => {
  expect(() => Object.assign(load().DEFAULT, { host: 'other' })).toThrow(TypeError);
});
