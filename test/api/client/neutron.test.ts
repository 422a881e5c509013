// The neutron and keystone commands as the guide types them, and what they print.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { commandLine, type CommandLine } from '../../support/command-line.ts';

let cli: CommandLine;
let tenant: string;

beforeAll(async () => {
  cli = await commandLine();
  await cli.networking.agentsOn('network', { external_network_bridge: 'br-ex' });
  tenant = await cli.ok('keystone tenant-get demo -f value -c id');
  await cli.ok(
    `neutron net-create --tenant-id ${tenant} public01 --provider:network_type flat ` +
      '--provider:physical_network physnet1 --router:external=True',
  );
  await cli.ok(
    `neutron subnet-create --tenant-id ${tenant} --name public01_subnet01 --gateway 10.64.201.254 ` +
      'public01 10.64.201.0/24 --enable_dhcp False',
  );
  await cli.ok(
    `neutron net-create --tenant-id ${tenant} net01 --provider:network_type vlan ` +
      '--provider:physical_network physnet2 --provider:segmentation_id 101',
  );
  await cli.ok(`neutron subnet-create --tenant-id ${tenant} --name net01_subnet01 net01 192.168.101.0/24`);
});
afterAll(() => cli[Symbol.asyncDispose]());

const idOf = (noun: string, name: string) => cli.ok(`neutron ${noun}-show ${name} -f value -c id`);

it('prints what it made as a table of fields', async () => {
  const out = await cli.ok('neutron quota-update --tenant_id abc --network 20');
  expect(out).toBe(
    [
      '+---------------------+-------+',
      '| Field               | Value |',
      '+---------------------+-------+',
      '| floatingip          | 50    |',
      '| network             | 20    |',
      '| port                | 50    |',
      '| rbac_policy         | 10    |',
      '| router              | 10    |',
      '| security_group      | 10    |',
      '| security_group_rule | 100   |',
      '| subnet              | 10    |',
      '| subnetpool          | -1    |',
      '+---------------------+-------+',
    ].join('\n'),
  );
  expect(await cli.ok('neutron quota-delete --tenant-id abc')).toBe('Deleted quota: abc');
});

it('heads a new resource with a line, in tables only', async () => {
  const lines = (await cli.ok('neutron net-create net-a')).split('\n');
  expect(lines[0]).toBe('Created a new network:');
  expect(lines[2]).toMatch(/^\| Field +\| Value +\|$/);
  expect(await cli.ok('neutron net-create net-b -f value -c name -c admin_state_up')).toBe('True\nnet-b');
  expect(await cli.ok('neutron net-delete net-a net-b')).toBe(
    'Deleted network: net-a\nDeleted network: net-b',
  );
});

it('lists networks with their subnets', async () => {
  const [net, subnet] = [await idOf('net', 'net01'), await idOf('subnet', 'net01_subnet01')];
  const rule = `+${'-'.repeat(38)}+-------+${'-'.repeat(55)}+`;
  expect(await cli.ok('neutron net-list --name net01')).toBe(
    [
      rule,
      `| id                                   | name  | subnets${' '.repeat(47)}|`,
      rule,
      `| ${net} | net01 | ${subnet} 192.168.101.0/24 |`,
      rule,
    ].join('\n'),
  );
});

it('filters by what stands after two dashes', async () => {
  expect(await cli.ok('neutron net-list -f value -c name -- --router:external True')).toBe('public01');
  expect(await cli.ok('neutron net-external-list -f value -c name')).toBe('public01');
  expect(await cli.ok('neutron port-list -c id -c fixed_ips -- --device_id nobody')).toBe('');
});

it('writes json, csv and chosen fields', async () => {
  const id = await idOf('net', 'net01');
  expect(JSON.parse(await cli.ok('neutron net-list -f json -c id -c name --name net01'))).toEqual([
    { id, name: 'net01' },
  ]);
  expect(await cli.ok('neutron net-list -f csv -c name -c shared --name net01')).toBe(
    '"name","shared"\n"net01","False"',
  );
  expect(await cli.ok('neutron net-show -F status -F name net01')).toBe(
    [
      '+--------+--------+',
      '| Field  | Value  |',
      '+--------+--------+',
      '| name   | net01  |',
      '| status | ACTIVE |',
      '+--------+--------+',
    ].join('\n'),
  );
});

it('ties a router to the outside and to a subnet, and unties it', async () => {
  await cli.ok('neutron router-create router01');
  expect(await cli.ok('neutron router-gateway-set router01 public01')).toBe(
    'Set gateway for router router01',
  );
  expect(await cli.ok('neutron router-interface-add router01 net01_subnet01')).toMatch(
    /^Added interface [0-9a-f-]{36} to router router01\.$/,
  );
  const ports = await cli.ok('neutron router-port-list router01 -f value -c fixed_ips');
  expect(ports).toMatch(/"ip_address": "192\.168\.101\.1"/);
  expect(await cli.ok('neutron l3-agent-list-hosting-router router01 -f value -c host -c alive')).toBe(
    'network :-)',
  );
  expect(await cli.ok('neutron router-interface-delete router01 net01_subnet01')).toBe(
    'Removed interface from router router01.',
  );
  expect(await cli.ok('neutron router-gateway-clear router01')).toBe('Removed gateway from router router01');
  expect(await cli.ok('neutron router-delete router01')).toBe('Deleted router: router01');
});

it('makes distributed and highly available routers and shows who is active', async () => {
  expect(await cli.ok('neutron router-create dvr01 --distributed True -f value -c distributed')).toBe('True');
  expect(await cli.ok('neutron router-delete dvr01')).toBe('Deleted router: dvr01');
  expect((await cli.run('neutron router-create ha01 --ha True')).err).toContain('Not enough l3 agents');
  await cli.networking.agentsOn('network2');
  expect(await cli.ok('neutron router-create ha01 --ha True -f value -c ha')).toBe('True');
  const router_id = await cli.ok('neutron router-show ha01 -f value -c id');
  await cli.networking.rpc('q-l3-plugin', 'update_ha_routers_states', {
    host: 'network2',
    states: { [router_id]: 'active' },
  });
  const shown = await cli.ok('neutron l3-agent-list-hosting-router ha01 -f value -c host -c ha_state');
  expect(shown.split('\n').sort()).toEqual(['network standby', 'network2 active']);
  await cli.ok('neutron router-delete ha01');
});

it('associates a floating IP with a port and releases it', async () => {
  await cli.ok('neutron router-create router02');
  await cli.ok('neutron router-gateway-set router02 public01');
  await cli.ok('neutron router-interface-add router02 subnet=net01_subnet01');
  const port = await cli.ok('neutron port-create net01 --fixed-ip ip_address=192.168.101.50 -f value -c id');
  const id = await cli.ok('neutron floatingip-create public01 -f value -c id');
  expect(await cli.ok(`neutron floatingip-associate ${id} ${port}`)).toBe(`Associated floating IP ${id}`);
  expect(await cli.ok(`neutron floatingip-list -f value -c fixed_ip_address -- --port_id ${port}`)).toBe(
    '192.168.101.50',
  );
  expect(await cli.ok(`neutron floatingip-disassociate ${id}`)).toBe(`Disassociated floating IP ${id}`);
  expect(await cli.ok(`neutron floatingip-delete ${id}`)).toBe(`Deleted floatingip: ${id}`);
});

it('makes security groups and rules and shows them by name', async () => {
  await cli.ok('neutron security-group-create webservers --description "security group for webservers"');
  await cli.ok(
    'neutron security-group-rule-create --direction ingress --protocol tcp --port_range_min 80 --port_range_max 80 webservers',
  );
  const rules = await cli.ok('neutron security-group-rule-list -f value -c security_group -c protocol');
  expect(rules.split('\n')).toContain('webservers tcp');
  const port = await cli.ok('neutron port-create net01 --security-group webservers -f value -c id');
  expect(await cli.ok(`neutron port-update --no-security-groups ${port}`)).toBe(`Updated port: ${port}`);
  expect(await cli.ok(`neutron port-show ${port} -f value -c security_groups`)).toBe('');
});

it('passes undeclared options on as attributes, with types and lists', async () => {
  const out = await cli.ok(
    'neutron subnet-create net01 10.1.0.0/24 --dns_nameservers list=true 8.8.8.7 8.8.8.8 ' +
      '--host-route destination=10.9.0.0/24,nexthop=10.1.0.9 --no-gateway -f json',
  );
  expect(JSON.parse(out)).toMatchObject({
    dns_nameservers: ['8.8.8.7', '8.8.8.8'],
    host_routes: [{ destination: '10.9.0.0/24', nexthop: '10.1.0.9' }],
    gateway_ip: null,
  });
  const refused = await cli.run('neutron net-create net03 --colour red');
  expect(refused).toEqual({ code: 1, out: '', err: "Unrecognized attribute(s) 'colour'\n" });
});

it('changes networks, also by switches', async () => {
  await cli.ok('neutron net-create net05');
  expect(await cli.ok('neutron net-update net05 --shared')).toBe('Updated network: net05');
  expect(await cli.ok('neutron net-show net05 -f value -c shared')).toBe('True');
  await cli.ok('neutron net-update net05 --shared False');
  expect(await cli.ok('neutron net-show net05 -f value -c shared')).toBe('False');
  const nothing = await cli.run('neutron net-update net01');
  expect(nothing).toMatchObject({ code: 2, err: 'Must specify new values to update network\n' });
});

it('asks for an id where a name is not unique, and says what it cannot find', async () => {
  await cli.ok('neutron net-create twin');
  await cli.ok('neutron net-create twin');
  expect(await cli.run('neutron net-show twin')).toMatchObject({
    code: 1,
    err: "Multiple network matches found for name 'twin', use an ID to be more specific.\n",
  });
  expect(await cli.run('neutron net-show nowhere')).toMatchObject({
    code: 1,
    err: "Unable to find network with name or id 'nowhere'\n",
  });
});

it('explains a command, guesses a misspelt one and completes words', async () => {
  expect(await cli.ok('neutron help subnet-create')).toMatch(
    /^usage: neutron subnet-create [\s\S]*NETWORK\n? *\[CIDR\]/,
  );
  expect((await cli.run('neutron net-craete x')).err).toBe(
    "Unknown command ['net-craete']\nDid you mean one of these?\n  net-create\n",
  );
  expect((await cli.run('neutron net-create')).err).toMatch(/error: too few arguments/);
  expect((await cli.ok('neutron bash-completion')).split(' ')).toContain('router-gateway-set');
});

it('speaks v3 as well, and names missing variables and wrong passwords', async () => {
  const v3 = { OS_AUTH_URL: cli.environment.OS_AUTH_URL!.replace('v2.0', 'v3') };
  expect(await cli.run('neutron ext-show router -f value -c alias', v3)).toMatchObject({ out: 'router\n' });
  expect(await cli.run('neutron net-list', { OS_PASSWORD: undefined })).toMatchObject({
    code: 1,
    err: 'You must provide os-password via either --os-password or env[OS_PASSWORD]\n',
  });
  expect(await cli.run('neutron --os-password wrong net-list')).toMatchObject({
    code: 1,
    err: 'The request you have made requires authentication.\n',
  });
  expect((await cli.run('neutron net-list', { OS_AUTH_URL: 'http://127.0.0.1:1/v2.0' })).err).toMatch(
    /^Unable to establish connection to http:\/\/127\.0\.0\.1:1/,
  );
});

it('prints tenants with the id in the second column, as the guide reads it', async () => {
  const row = (await cli.ok('keystone tenant-list')).split('\n').find((line) => line.includes('service'))!;
  expect(row).toMatch(/^\| [0-9a-f]{32} \| service \| {3}True {2}\|$/);
});

it('makes a tenant with a user who can sign in to it', async () => {
  const made = await cli.ok('keystone tenant-create --name tenantA --description "Tenant A"');
  expect(made.split('\n')[1]).toMatch(/^\| {3}Property {2}\| +Value +\|$/);
  await cli.ok('keystone user-create --name alice --pass wonder --email a@example.com');
  await cli.ok('keystone user-role-add --user alice --role member --tenant tenantA');
  expect(await cli.ok('keystone user-role-list --user alice --tenant tenantA -f value -c name')).toBe(
    'member',
  );
  const alice = { OS_USERNAME: 'alice', OS_PASSWORD: 'wonder', OS_TENANT_NAME: 'tenantA' };
  expect((await cli.run('keystone token-get', alice)).out).toMatch(/\| tenant_id \| +[0-9a-f]{32} +\|/);
  await cli.ok('keystone tenant-update tenantA --enabled false');
  expect(await cli.run('keystone token-get', alice)).toMatchObject({
    code: 1,
    err: 'The request you have made requires authentication. (HTTP 401)\n',
  });
  expect(await cli.run('keystone tenant-create --name tenantA')).toMatchObject({ code: 1 });
  await cli.ok('keystone tenant-delete tenantA');
  expect(await cli.run('keystone tenant-get tenantA')).toMatchObject({
    code: 1,
    err: "No tenant with a name or ID of 'tenantA' exists.\n",
  });
});

it('shows the catalog and where versions are', async () => {
  const catalog = await cli.ok('keystone catalog --service network');
  expect(catalog.split('\n')[0]).toBe('Service: network');
  expect(catalog).toContain(cli.networking.url);
  expect(await cli.ok('keystone discover')).toMatch(/supports version v2\.0 \(stable\) here http:/);
});
