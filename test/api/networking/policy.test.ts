// Policy and quotas: who may do what, and how much.
import { describe, expect, it } from 'vitest';
import { resources } from '../../../server/cloud/model/index.ts';
import { demo, make, makeNetwork, networkingServer, other, refusal } from '../../support/networking.ts';

describe('the default policy', () => {
  it('lets only administrators set what is declared so', async () => {
    await using server = await networkingServer();
    const asked: [string, object][] = [
      ['network', { shared: true }],
      ['network', { 'router:external': true }],
      ['network', { 'provider:network_type': 'local' }],
      ['router', { distributed: false }],
      ['router', { ha: false }],
      ['network', { 'provider:segmentation_id': 101 }],
    ];
    for (const [name, attributes] of asked) {
      const field = Object.keys(attributes)[0]!;
      expect(refusal(await server.member('POST', `/${name}s`, { [name]: attributes }))).toBe(
        `403 PolicyNotAuthorized: (rule:create_${name} and rule:create_${name}:${field}) is disallowed by policy`,
      );
    }
    expect((await server.member('POST', '/networks', { network: { shared: false } })).status).toBe(201);
  });

  it('every declared resource is hidden from other projects, verb by verb', async () => {
    await using server = await networkingServer();
    const { network, subnet } = await makeNetwork(server.member, '10.0.0.0/24');
    const group = await make(server.member, 'security_group', { name: 'g' });
    const made: Record<string, { id: string }> = {
      network,
      subnet,
      port: await make(server.member, 'port', { network_id: network.id }),
      router: await make(server.member, 'router', {}),
      security_group: group,
      security_group_rule: await make(server.member, 'security_group_rule', {
        security_group_id: group.id,
        direction: 'egress',
        protocol: 'tcp',
      }),
      subnetpool: await make(server.member, 'subnetpool', { name: 'p', prefixes: ['10.0.0.0/8'] }),
    };
    for (const resource of resources) {
      const row = made[resource.name];
      if (row === undefined) continue;
      const path = `/${resource.path}/${row.id}`;
      const listed = (await server.stranger('GET', `/${resource.path}?id=${row.id}`)).body;
      expect(listed[resource.plural], resource.name).toEqual([]);
      expect((await server.stranger('GET', path)).status, resource.name).toBe(404);
      expect((await server.stranger('DELETE', path)).status, resource.name).toBe(404);
      if (resource.operations.includes('update'))
        expect(
          (await server.stranger('PUT', path, { [resource.name]: { name: 'x' } })).status,
          resource.name,
        ).toBe(404);
      expect((await server.member('GET', path)).status, resource.name).toBe(200);
    }
  });

  it('another owner is named by administrators only', async () => {
    await using server = await networkingServer();
    expect(refusal(await server.member('POST', '/networks', { network: { tenant_id: other } }))).toBe(
      "400 HTTPBadRequest: Specifying 'tenant_id' other than the authenticated tenant in request requires admin privileges",
    );
    expect((await make(server.admin, 'network', { project_id: other })).tenant_id).toBe(other);
  });

  it('agents are for administrators: a member sees an empty list', async () => {
    await using server = await networkingServer();
    await server.agentsOn('network');
    expect((await server.member('GET', '/agents')).body).toEqual({ agents: [] });
    expect((await server.admin('GET', '/agents')).body.agents).toHaveLength(3);
  });

  it('a subnet of an external network is hidden from members, who may use the network', async () => {
    await using server = await networkingServer();
    const { network, subnet } = await makeNetwork(server.admin, '10.64.201.0/24', {
      'router:external': true,
    });
    expect((await server.member('GET', `/subnets/${subnet.id}`)).status).toBe(404);
    const router = await make(server.member, 'router', { external_gateway_info: { network_id: network.id } });
    expect(router.external_gateway_info.network_id).toBe(network.id);
  });
});

describe('quotas', () => {
  it('limit each project, bulk included, and can be set, shown and put back', async () => {
    await using server = await networkingServer({ settings: { quotas: { network: 2 } } });
    const networks = [{ name: 'a' }, { name: 'b' }, { name: 'c' }];
    expect(refusal(await server.member('POST', '/networks', { networks }))).toBe(
      "409 OverQuota: Quota exceeded for resources: ['network'].",
    );
    expect((await server.member('GET', '/networks')).body.networks).toEqual([]);
    await server.member('POST', '/networks', { networks: networks.slice(0, 2) });
    expect((await server.member('POST', '/networks', { network: {} })).status).toBe(409);
    expect((await server.stranger('POST', '/networks', { network: {} })).status).toBe(201);

    const set = await server.admin('PUT', `/quotas/${demo}`, { quota: { network: '3' } });
    expect(set.body.quota).toMatchObject({ network: 3, port: -1 });
    expect((await server.member('POST', '/networks', { network: {} })).status).toBe(201);
    expect((await server.admin('GET', '/quotas')).body.quotas).toMatchObject([
      { tenant_id: demo, project_id: demo, network: 3 },
    ]);
    expect((await server.member('GET', `/quotas/${demo}/details.json`)).body.quota.network).toEqual({
      limit: 3,
      used: 3,
      reserved: 0,
    });
    expect((await server.admin('DELETE', `/quotas/${demo}`)).status).toBe(204);
    expect((await server.member('GET', `/quotas/${demo}`)).body.quota).toEqual(
      (await server.member('GET', `/quotas/${demo}/default`)).body.quota,
    );
    expect(refusal(await server.admin('DELETE', `/quotas/${demo}`))).toBe(
      `404 TenantQuotaNotFound: Quota for tenant ${demo} could not be found.`,
    );
    expect((await server.member('GET', '/quotas/tenant')).body.tenant.tenant_id).toBe(demo);
  });

  it('what is refused', async () => {
    await using server = await networkingServer();
    const put = async (quota: unknown) => refusal(await server.admin('PUT', `/quotas/${demo}`, { quota }));
    expect(await put({ bogus: 1 })).toBe("400 HTTPBadRequest: Unrecognized attribute(s) 'bogus'");
    expect(await put({ network: -2 })).toBe(
      "400 HTTPBadRequest: Invalid input for network. Reason: '-2' is too small - must be at least '-1'.",
    );
    expect(await put({ network: 'many' })).toBe(
      "400 InvalidInput: Invalid input for operation: 'many' is not an integer.",
    );
    expect((await server.member('PUT', `/quotas/${demo}`, { quota: { network: 99 } })).status).toBe(403);
    expect((await server.member('GET', '/quotas')).status).toBe(403);
    expect((await server.member('GET', `/quotas/${other}`)).status).toBe(403);
  });
});
