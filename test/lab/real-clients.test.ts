// The real `openstack`, in the controller of a lab: what it shows is what the APIs tell, and what it makes works.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { signIn, until, type CloudClient, type Service } from '../bench/cloud-admin.ts';
import { expectShown, openstackClient, type OpenstackClient } from '../support/cloud/openstack-client.ts';
import { startCloud, type RunningCloud } from '../support/cloud/running-cloud.ts';
import { deleteAll } from '../support/cloud/topology.ts';

type Row = Record<string, unknown>;

let cloud: RunningCloud;
let demo: CloudClient;
let asDemo: OpenstackClient;
let asAdmin: OpenstackClient;

beforeAll(async () => {
  cloud = await startCloud('test-clients', { computeCount: 1 });
  demo = await signIn(cloud.lab, 'openrc-demo');
  asDemo = openstackClient(cloud.lab, 'openrc-demo');
  asAdmin = openstackClient(cloud.lab, 'openrc-admin');
});
afterAll(async () => {
  if (demo !== undefined) await deleteAll(demo);
  await cloud?.[Symbol.asyncDispose]();
});

/** Rows of a collection as the API tells them. */
async function rows(client: CloudClient, service: Service, path: string): Promise<Row[]> {
  return Object.values(await client.send<Record<string, Row[]>>(service, 'GET', path)).find(Array.isArray)!;
}
const namesOf = (list: Row[], key: string) => list.map((row) => row[key]).sort();
const find = async (path: string, name: string) =>
  (await rows(demo, 'network', `/v2.0/${path}?name=${name}`))[0]!;

it('is there beside our own commands, which stay what the guide types', async () => {
  const commands = ['neutron', 'nova', 'keystone'].map((name) => `/usr/bin/${name}`);
  expect((await cloud.run('controller', 'grep', '-l', '/usr/lib/patchbay', ...commands)).trim()).toBe(
    commands.join('\n'),
  );
  expect((await asDemo.run('--version')).stdout).toMatch(/^openstack \d/);
});

it('takes a token that opens the other services', async () => {
  const [token] = await asDemo.type<[Row]>('token issue -f json');
  expect(token.project_id).toBe(demo.projectId);
  const { status } = await fetch(`${cloud.lab.endpoints.network}/v2.0/networks`, {
    headers: { 'x-auth-token': String(token.id) },
  });
  expect(status).toBe(200);
});

it('lists what the cloud is made of', async () => {
  const lists = [
    ['project list', 'Name', 'identity', '/v3/projects', 'name'],
    ['user list', 'ID', 'identity', '/v3/users', 'id'],
    ['role list', 'Name', 'identity', '/v3/roles', 'name'],
    ['catalog list', 'Type', 'identity', '/v3/services', 'type'],
    ['image list', 'ID', 'image', '/v2/images', 'id'],
    ['flavor list', 'Name', 'compute', '/v2.1/flavors', 'name'],
    ['hypervisor list', 'Hypervisor Hostname', 'compute', '/v2.1/os-hypervisors', 'hypervisor_hostname'],
    ['extension list --network', 'Alias', 'network', '/v2.0/extensions', 'alias'],
    ['network agent list', 'ID', 'network', '/v2.0/agents', 'id'],
    ['network list', 'Name', 'network', '/v2.0/networks', 'name'],
  ] as const;
  const shown = await asAdmin.type<Row[][]>(...lists.map(([line]) => `${line} -f json`));
  for (const [index, [line, column, service, path, key]] of lists.entries()) {
    const told = await rows(cloud.admin, service, path);
    expect(namesOf(shown[index]!, column), line).toEqual(namesOf(told, key));
    expect(told, line).not.toEqual([]);
  }
});

it('shows what the hosts have, and what instances take of it', async () => {
  const [host, stats] = await asAdmin.type<[Row, Row]>(
    'hypervisor show compute1 -f json',
    'hypervisor stats show -f json',
  );
  const memory_mb = Number(
    await cloud.run('compute1', 'sed', '-n', 's/MemTotal: *\\([0-9]*\\).*/\\1/p', '/proc/meminfo'),
  );
  const vcpus = Number(await cloud.run('compute1', 'nproc'));
  const figures = { vcpus, memory_mb: Math.round(memory_mb / 1024), running_vms: 0, memory_mb_used: 0 };
  expect(stats).toMatchObject({ count: 1, ...figures });
  expect(host).toMatchObject({ ...figures, state: 'up', status: 'enabled', aggregates: [] });
  expect(host.host_ip).toMatch(/^\d+\.\d+\.\d+\.\d+$/);
  expect(host.load_average).toMatch(/^\d/);
  expect(host.local_gb).toBeGreaterThanOrEqual(Number(host.disk_available_least));
});

it('makes a network with everything on it, and shows each as the API tells it', async () => {
  const lists = ['network', 'subnet', 'port', 'router', 'floating ip', 'security group'];
  const shown = await asDemo.type<Row[]>(
    'network create net01 -f json',
    'subnet create --network net01 --subnet-range 10.1.0.0/24 --dns-nameserver 203.0.113.53 subnet01 -f json',
    'security group create web --description pings',
    'security group rule create --protocol icmp web -f json',
    'port create --network net01 --fixed-ip ip-address=10.1.0.20 --security-group web port01 -f json',
    'router create router01',
    'router set --external-gateway public01 router01',
    'router add subnet router01 subnet01',
    'floating ip create --port port01 public01',
    'network show net01 -f json',
    'port show port01 -f json',
    'router show router01 -f json',
    ...lists.map((kind) => `${kind} list -f json`),
  );
  const [, subnet, rule, , network, port, { interfaces_info, ...router } = {}] = shown;
  expectShown(network!, await find('networks', 'net01'));
  expectShown(subnet!, await find('subnets', 'subnet01'));
  expectShown(port!, await find('ports', 'port01'));
  expectShown(router, await find('routers', 'router01'));
  expect(interfaces_info).toMatchObject([{ ip_address: '10.1.0.1', subnet_id: subnet!.id }]);
  const { security_group_rules } = await find('security-groups', 'web');
  expectShown(
    rule!,
    (security_group_rules as Row[]).find(({ id }) => id === rule!.id)!,
  );
  for (const [index, kind] of lists.entries()) {
    const path = `/v2.0/${kind.replace(' ', kind.startsWith('floating') ? '' : '-')}s`;
    expect(namesOf(shown[7 + index] as unknown as Row[], 'ID'), kind).toEqual(
      namesOf(await rows(demo, 'network', path), 'id'),
    );
  }
});

it('is refused with the words of the cloud', async () => {
  const [missing, taken, forbidden] = await Promise.all(
    ['network show nosuch', 'network delete net01', 'network create --share mine'].map(asDemo.run),
  );
  expect([missing!.code, missing!.stderr.trim()]).toEqual([
    ...[1, 'Error while executing command: No Network found for nosuch'],
  ]);
  expect(taken!.code).toBe(1);
  expect(taken!.stderr).toMatch(
    /ConflictException: 409: .*There are one or more ports still in use on the network/,
  );
  expect(forbidden!.code).toBe(1);
  expect(forbidden!.stderr).toMatch(
    /HttpException: 403, .*rule:create_network:shared\) is disallowed by policy/,
  );
});

it('boots an instance, reads its console, and the outside reaches it', async () => {
  const [server] = await asDemo.type<[Row]>(
    'server create --image cirros --flavor m1.tiny --nic port-id=port01 --wait vm01 -f json',
  );
  const [{ floating_ip_address }] = (await rows(demo, 'network', '/v2.0/floatingips')) as [Row];
  expect(server).toMatchObject({
    ...{ status: 'ACTIVE', security_groups: [{ name: 'web' }] },
    addresses: { net01: ['10.1.0.20', floating_ip_address] },
  });
  const ping = ['ping', '-c', '1', '-W', '1', String(floating_ip_address)];
  await until(
    async () => ((await cloud.lab.runInNode('outside', ping)).code === 0 ? true : undefined),
    'the instance to answer the outside',
  );
  const { code, stdout } = await asDemo.run('console log show vm01');
  expect([code, stdout]).toEqual([0, expect.stringContaining('lease of 10.1.0.20 obtained')]);
});

it('takes everything away again', async () => {
  await asDemo.type('server delete --wait vm01');
  await asDemo.type(
    `floating ip delete ${String((await rows(demo, 'network', '/v2.0/floatingips'))[0]!.id)}`,
    'router remove subnet router01 subnet01',
    'router delete router01',
    'port delete port01',
    'network delete net01',
    'security group delete web',
  );
  for (const path of ['floatingips', 'routers', 'ports', 'subnets'])
    expect(await rows(demo, 'network', `/v2.0/${path}`), path).toEqual([]);
  expect(namesOf(await rows(demo, 'network', '/v2.0/networks'), 'name')).toEqual(['public01']);
  expect(namesOf(await rows(demo, 'network', '/v2.0/security-groups'), 'name')).toEqual(['default']);
});
