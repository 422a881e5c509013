// Flavors, service profiles, and which belong together.
import { expect, it } from 'vitest';
import { make, networkingServer, refusal } from '../../support/networking.ts';

const missing = '11111111-2222-3333-4444-555555555555';

it('are offered by administrators and seen by all', async () => {
  await using server = await networkingServer();
  const flavor = await make(server.admin, 'flavor', { name: 'f', service_type: 'L3_ROUTER_NAT' });
  expect(flavor).toEqual({
    ...{ id: flavor.id, name: 'f', description: '', service_type: 'L3_ROUTER_NAT', enabled: true },
    service_profiles: [],
  });
  expect((await server.member('GET', '/flavors')).body.flavors).toEqual([flavor]);
  const changed = await server.admin('PUT', `/flavors/${flavor.id}`, { flavor: { enabled: 'False' } });
  expect(changed.body.flavor.enabled).toBe(false);
  const asked = { flavor: { name: 'g', service_type: 'METERING' } };
  expect((await server.member('POST', '/flavors', asked)).status).toBe(403);
  asked.flavor.service_type = 'COFFEE';
  expect(refusal(await server.admin('POST', '/flavors', asked))).toBe(
    '400 InvalidServiceType: Invalid service type: COFFEE.',
  );
  expect((await server.admin('DELETE', `/flavors/${flavor.id}`)).status).toBe(204);
  expect(refusal(await server.admin('GET', `/flavors/${flavor.id}`))).toBe(
    `404 FlavorNotFound: Flavor ${flavor.id} could not be found.`,
  );
});

it('have profiles that are bound to them, and stay while they are', async () => {
  await using server = await networkingServer();
  const flavor = await make(server.admin, 'flavor', { name: 'f', service_type: 'L3_ROUTER_NAT' });
  const profiles = '/service_profiles';
  const made = async (service_profile: object) => server.admin('POST', profiles, { service_profile });
  expect(refusal(await made({}))).toBe(
    '400 ServiceProfileEmpty: Service Profile needs either a driver or metainfo.',
  );
  expect(refusal(await made({ driver: 'x.Y' }))).toBe(
    '404 ServiceProfileDriverNotFound: Service Profile driver x.Y could not be found.',
  );
  const profile = (await made({ metainfo: '{}' })).body.service_profile;
  expect((await server.member('GET', profiles)).body).toEqual({ service_profiles: [] });

  const below = `/flavors/${flavor.id}/service_profiles`;
  const bind = (id: string) => server.admin('POST', below, { service_profile: { id } });
  const bound = await bind(profile.id);
  expect([bound.status, bound.body.service_profile.service_profiles]).toEqual([201, [profile.id]]);
  expect(refusal(await bind(profile.id))).toBe(
    `409 FlavorServiceProfileBindingExists: Service Profile ${profile.id} is already associated with flavor ${flavor.id}.`,
  );
  expect((await bind(missing)).status).toBe(404);
  expect((await bind('x')).status).toBe(400);
  expect((await server.admin('POST', below, [])).status).toBe(400);
  expect((await server.member('POST', below, { service_profile: { id: profile.id } })).status).toBe(403);
  expect((await server.member('GET', `${below}/${profile.id}`)).body.service_profile).toEqual({
    flavor_id: flavor.id,
    service_profile_id: profile.id,
  });
  const inUse = `409 ServiceProfileInUse: Service Profile ${profile.id} is used by some service instance.`;
  const one = `${profiles}/${profile.id}`;
  expect(refusal(await server.admin('DELETE', one))).toBe(inUse);
  expect(refusal(await server.admin('PUT', one, { service_profile: { enabled: false } }))).toBe(inUse);
  expect((await server.member('GET', `/flavors/${flavor.id}/next_providers`)).status).toBe(404);
  expect((await server.admin('DELETE', `${below}/${profile.id}`)).status).toBe(204);
  expect((await server.admin('DELETE', `${below}/${profile.id}`)).status).toBe(404);
  expect((await server.admin('DELETE', one)).status).toBe(204);
});
