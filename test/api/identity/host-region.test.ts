import { afterAll, beforeAll, expect, it } from 'vitest';
import { hostRegion, writeHostRegion } from '../../../server/appliance/labs/host-region.ts';
import { passwordAuth, startIdentity, type RunningIdentity } from '../../support/identity.ts';

let keystone: RunningIdentity;
beforeAll(async () => {
  keystone = await startIdentity();
});
afterAll(() => keystone.close());

const credentials = { OS_USERNAME: 'admin', OS_PASSWORD: 'admin-secret', OS_PROJECT_NAME: 'admin' };
const bases = () => ({ identity: keystone.url, network: 'http://127.0.0.1:1', image: 'http://127.0.0.1:2' });

/** `type interface address` of the endpoints that a signed-in client finds in the region. */
async function found(): Promise<string[]> {
  const body = passwordAuth('admin', 'admin-secret', 'admin');
  const { catalog } = (await keystone.ask('POST', '/v3/auth/tokens', { body })).body.token;
  type Entry = { type: string; endpoints: { interface: string; region: string; url: string }[] };
  return (catalog as Entry[])
    .flatMap(({ type, endpoints }) => endpoints.map((endpoint) => ({ type, ...endpoint })))
    .filter(({ region }) => region === hostRegion)
    .map((endpoint) => `${endpoint.type} ${endpoint.interface} ${endpoint.url}`)
    .sort();
}

it('gives clients of this machine every interface of the published services', async () => {
  await writeHostRegion(credentials, bases());
  const shown = await found();
  for (const kind of ['admin', 'internal', 'public']) {
    expect(shown).toContain(`identity ${kind} ${keystone.url}/v3`);
    expect(shown).toContain(`network ${kind} http://127.0.0.1:1`);
  }
  expect(shown).toHaveLength(9);
});

it('changes the addresses, and adds no second endpoint, when the ports are others', async () => {
  await writeHostRegion(credentials, bases());
  await writeHostRegion(credentials, { ...bases(), network: 'http://127.0.0.1:3' });
  const shown = await found();
  expect(shown).toHaveLength(9);
  expect(shown.filter((line) => line.startsWith('network'))).toEqual(
    ['admin', 'internal', 'public'].map((kind) => `network ${kind} http://127.0.0.1:3`),
  );
});

it('leaves the addresses that the nodes use', async () => {
  await writeHostRegion(credentials, bases());
  const { endpoints } = (
    await keystone.ask('GET', '/v3/endpoints', {
      token: await keystone.signIn('admin', 'admin-secret', 'admin'),
    })
  ).body;
  expect(endpoints).toContainEqual(
    expect.objectContaining({ region: 'RegionOne', interface: 'public', url: 'http://controller:9696' }),
  );
});
