// What requests cost the database, told by the statements themselves: how many, and whether an index leads each of them.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import {
  make,
  makeNetwork,
  networkingServer,
  other,
  type NetworkingServer,
} from '../../support/networking.ts';
import { scansOf, searchesOf, statementsOf } from '../../support/statements.ts';

let folder: string;
let url: string;
let server: NetworkingServer;
let network_id: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'statements-'));
  url = `sqlite:///${join(folder, 'neutron.sqlite')}`;
  server = await networkingServer({ url, settings: { quotas: { network: 10, subnet: 10, port: -1 } } });
  network_id = (await makeNetwork(server.member, '10.1.0.0/16')).network.id;
  await make(server.member, 'port', { network_id });
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true });
});

const successful = (status: number) => expect(status).toBeLessThan(300);
const asked = (method: string, path: string, body?: unknown) =>
  statementsOf(async () => successful((await server.member(method, path, body)).status));
const portOf = async () => (await make(server.member, 'port', { network_id })).id as string;
const makePorts = (count: number) =>
  server.member('POST', '/ports', { ports: Array.from({ length: count }, () => ({ network_id })) });

it('a request asks the database a bounded number of times', async () => {
  const counts = {
    'network create': (await asked('POST', '/networks', { network: { name: 'n' } })).length,
    'port create': (await asked('POST', '/ports', { port: { network_id } })).length,
    'port show': (await asked('GET', `/ports/${await portOf()}`)).length,
    'port update': (await asked('PUT', `/ports/${await portOf()}`, { port: { name: 'n' } })).length,
    'port delete': (await asked('DELETE', `/ports/${await portOf()}`)).length,
    'port list': (await asked('GET', '/ports')).length,
  };
  const most = {
    'network create': 20,
    'port create': 25,
    'port show': 5,
    'port update': 25,
    'port delete': 25,
    'port list': 5,
  };
  const above = Object.entries(counts).filter(([name, count]) => count > most[name as keyof typeof most]);
  expect(above).toEqual([]);
});

it('the number of ports changes nothing for the next one, and a list asks a few times per hundred', async () => {
  const create = () => asked('POST', '/ports', { port: { network_id } });
  const before = (await create()).length;
  successful((await makePorts(250)).status);
  expect((await create()).length).toBe(before);
  const { ports } = (await server.member('GET', '/ports')).body as { ports: { id: string }[] };
  const ids = ports.map(({ id }) => id);
  expect(ids.length).toBeGreaterThan(250);
  expect(ids).toEqual([...new Set(ids)].toSorted());
  expect((await asked('GET', '/ports')).length).toBe(1 + 4 * Math.ceil(ids.length / 100));
});

it('a list reads no column that nobody asks for', async () => {
  const statements = await asked('GET', '/ports?fields=id&fields=tags');
  expect(statements.filter((statement) => statement.includes('"tags"'))).not.toEqual([]);
  expect(statements.filter((statement) => /"(description|binding:[a-z_]+)"/.test(statement))).toEqual([]);
});

it('what a port needs is found through indexes', async () => {
  const port = await portOf();
  const statements = [
    ...(await asked('POST', '/ports', { port: { network_id } })),
    ...(await asked('GET', `/ports/${port}`)),
    ...(await asked('PUT', `/ports/${port}`, { port: { name: 'n' } })),
    ...(await asked('DELETE', `/ports/${port}`)),
    ...(await asked('GET', '/ports?limit=10&sort_key=name&sort_dir=desc')),
    ...(await asked('GET', `/ports?device_id=x&network_id=${network_id}`)),
  ];
  expect(scansOf(url, statements)).toEqual([]);
});

it("a member's page is one stretch of an index of his own ports, beside those of others in his networks", async () => {
  const marker = await portOf();
  const ofOthers = ['tenant_id<?', 'tenant_id>?'];
  const inOwnNetworks = ofOthers.map(
    (side) => `ix_ports_network_tenant_id_tenant_id_id (network_tenant_id=? AND ${side})`,
  );
  const inNetwork = 'ix_ports_network_id_tenant_id_id (network_id=? AND ';
  const stretches: Record<string, string[]> = {
    '': ['ix_ports_tenant_id_id (tenant_id=?)', ...inOwnNetworks],
    [`&marker=${marker}`]: ['ix_ports_tenant_id_id (tenant_id=? AND id>?)', ...inOwnNetworks],
    [`&marker=${marker}&page_reverse=True`]: [
      'ix_ports_tenant_id_id (tenant_id=? AND id<?)',
      ...inOwnNetworks,
    ],
    '&sort_key=name&sort_dir=asc': ['ix_ports_tenant_id_name_id (tenant_id=?)', ...inOwnNetworks],
    [`&sort_key=name&sort_dir=asc&marker=${marker}`]: [
      'ix_ports_tenant_id_name_id (tenant_id=? AND name>?)',
      ...inOwnNetworks,
    ],
    [`&name=n&marker=${marker}`]: [
      'ix_ports_tenant_id_name_id (tenant_id=? AND name=? AND id>?)',
      ...inOwnNetworks,
    ],
    [`&network_id=${network_id}&marker=${marker}`]: [
      `${inNetwork}tenant_id=? AND id>?)`,
      ...ofOthers.map((side) => `${inNetwork}${side})`),
    ],
  };
  for (const [query, expected] of Object.entries(stretches)) {
    const statements = await asked('GET', `/ports?limit=10${query}`);
    const keys = statements.filter((statement) => statement.includes('union all'));
    expect(searchesOf(url, keys, 'ports'), query).toEqual(expected);
  }
});

it('an address that was given back is given again, the lowest first', async () => {
  const { network, subnet } = await makeNetwork(server.member, '10.2.0.0/24');
  const next = async () => {
    const port = await make(server.member, 'port', { network_id: network.id });
    return { id: port.id as string, address: port.fixed_ips[0].ip_address as string };
  };
  const ports = [];
  for (let count = 0; count < 5; count++) ports.push(await next());
  expect(ports.map(({ address }) => address)).toEqual([2, 3, 4, 5, 6].map((last) => `10.2.0.${last}`));
  for (const index of [3, 1]) await server.member('DELETE', `/ports/${ports[index]!.id}`);
  expect([(await next()).address, (await next()).address, (await next()).address]).toEqual([
    '10.2.0.3',
    '10.2.0.5',
    '10.2.0.7',
  ]);
  const moved = { fixed_ips: [{ subnet_id: subnet.id, ip_address: '10.2.0.99' }] };
  await server.member('PUT', `/ports/${ports[0]!.id}`, { port: moved });
  expect((await next()).address).toBe('10.2.0.2');
  const refused = await server.member('POST', '/ports', {
    ports: [{ network_id: network.id }, { network_id: network.id, fixed_ips: [{ ip_address: '10.2.0.99' }] }],
  });
  expect(refused.status).toBe(409);
  expect((await next()).address).toBe('10.2.0.8');
});

it('a quota holds to the last port, whatever was counted before', async () => {
  await server.admin('PUT', `/quotas/${other}`, { quota: { port: 4 } });
  const own = (await makeNetwork(server.stranger, '10.3.0.0/24')).network.id;
  const create = async (count = 1) =>
    (
      await server.stranger('POST', '/ports', {
        ports: Array.from({ length: count }, () => ({ network_id: own })),
      })
    ).status;
  const ids = async () =>
    ((await server.stranger('GET', '/ports?fields=id')).body.ports as { id: string }[]).map(({ id }) => id);
  expect([await create(3), await create(), await create()]).toEqual([201, 201, 409]);
  await server.stranger('DELETE', `/ports/${(await ids())[0]}`);
  expect([await create(2), await create(), await create()]).toEqual([409, 201, 409]);
  await server.admin('PUT', `/quotas/${other}`, { quota: { port: 6 } });
  expect([await create(3), await create(2), await create()]).toEqual([409, 201, 409]);
  await server.admin('PUT', `/quotas/${other}`, { quota: { port: 5 } });
  await server.stranger('DELETE', `/ports/${(await ids())[0]}`);
  expect(await create()).toBe(409);
  expect(await ids()).toHaveLength(5);
});
