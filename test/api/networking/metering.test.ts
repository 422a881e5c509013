// Metering labels and rules: who may make them, what is refused, and what the metering agents are told.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  demo,
  make,
  makePublic,
  networkingServer,
  refusal,
  type NetworkingServer,
} from '../../support/networking.ts';

const labels = '/metering/metering-labels';
const rules = '/metering/metering-label-rules';

let server: NetworkingServer;
beforeAll(async () => {
  server = await networkingServer();
});
afterAll(() => server[Symbol.asyncDispose]());
beforeEach(() => void server.casts.splice(0));

const label = async (attributes: object = {}) =>
  (await server.admin('POST', labels, { metering_label: { name: 'l', ...attributes } })).body.metering_label;
const addRule = (metering_label_id: string, attributes: object) =>
  server.admin('POST', rules, {
    metering_label_rule: { metering_label_id, direction: 'ingress', ...attributes },
  });

describe('labels', () => {
  it('are made for any project, shown, listed and deleted by administrators', async () => {
    const made = await label({ description: 'd', project_id: demo });
    expect(made).toEqual({
      id: made.id,
      name: 'l',
      description: 'd',
      tenant_id: demo,
      project_id: demo,
      shared: false,
    });
    expect((await server.admin('GET', `${labels}/${made.id}`)).body.metering_label).toEqual(made);
    expect((await server.admin('GET', `${labels}?id=33`)).body).toEqual({ metering_labels: [] });
    expect((await server.admin('GET', `${labels}?id=${made.id}`)).body.metering_labels).toEqual([made]);
    expect((await server.admin('DELETE', `${labels}/${made.id}`)).status).toBe(204);
    expect(refusal(await server.admin('DELETE', `${labels}/${made.id}`))).toBe(
      `404 MeteringLabelNotFound: Metering label '${made.id}' does not exist.`,
    );
  });

  it('are not for members, not even of their own project', async () => {
    const { id } = await label({ tenant_id: demo });
    expect(refusal(await server.member('POST', labels, { metering_label: { name: 'x' } }))).toBe(
      '403 PolicyNotAuthorized: rule:create_metering_label is disallowed by policy',
    );
    expect((await server.member('GET', labels)).body).toEqual({ metering_labels: [] });
    expect((await server.member('GET', `${labels}/${id}`)).status).toBe(404);
    expect((await server.member('DELETE', `${labels}/${id}`)).status).toBe(404);
    expect((await server.admin('PUT', `${labels}/${id}`, { metering_label: { name: 'y' } })).status).toBe(
      404,
    );
  });

  it('tell every metering agent when they come and go', async () => {
    const { id } = await label();
    await server.admin('DELETE', `${labels}/${id}`);
    expect(server.casts).toEqual(
      ['add_metering_label', 'remove_metering_label'].map((method) => ({
        topic: 'metering_agent',
        method,
        args: { label_id: id },
        fanout: true,
      })),
    );
  });
});

describe('rules', () => {
  it('count IPv4 and IPv6 prefixes, not excluded unless they say so', async () => {
    const { id } = await label();
    const made = (await addRule(id, { remote_ip_prefix: '10.0.0.0/24' })).body.metering_label_rule;
    expect(made).toMatchObject({
      metering_label_id: id,
      direction: 'ingress',
      remote_ip_prefix: '10.0.0.0/24',
      source_ip_prefix: null,
      destination_ip_prefix: null,
      excluded: false,
    });
    expect((await addRule(id, { remote_ip_prefix: '2001:db8::/64', excluded: 'True' })).body).toMatchObject({
      metering_label_rule: { remote_ip_prefix: '2001:db8::/64', excluded: true },
    });
    expect(
      (await server.admin('GET', `${rules}?metering_label_id=${id}`)).body.metering_label_rules,
    ).toHaveLength(2);
    expect((await server.admin('GET', `${rules}/${made.id}`)).body.metering_label_rule).toEqual(made);
    expect((await server.admin('DELETE', `${rules}/${made.id}`)).status).toBe(204);
    expect(refusal(await server.admin('GET', `${rules}/${made.id}`))).toBe(
      `404 MeteringLabelRuleNotFound: Metering label rule '${made.id}' does not exist.`,
    );
  });

  it('of one label, direction and sense do not overlap', async () => {
    const [one, other] = [await label(), await label()];
    await addRule(one.id, { remote_ip_prefix: '10.0.0.0/16' });
    expect(refusal(await addRule(one.id, { remote_ip_prefix: '10.0.7.0/24' }))).toBe(
      "409 MeteringLabelRuleOverlaps: Metering label rule with remote_ip_prefix '10.0.7.0/24' overlaps another.",
    );
    expect((await addRule(one.id, { remote_ip_prefix: '10.0.7.0/24', excluded: true })).status).toBe(201);
    expect((await addRule(one.id, { remote_ip_prefix: '10.0.7.0/24', direction: 'egress' })).status).toBe(
      201,
    );
    expect((await addRule(other.id, { remote_ip_prefix: '10.0.7.0/24' })).status).toBe(201);
  });

  it('name a label that is there and prefixes that fit together', async () => {
    const { id } = await label();
    const missing = '11111111-2222-3333-4444-555555555555';
    const refused: [object, string][] = [
      [
        { metering_label_id: missing, remote_ip_prefix: '10.0.0.0/8' },
        `404 MeteringLabelNotFound: Metering label '${missing}' does not exist.`,
      ],
      [
        { remote_ip_prefix: '10.0.0.0/8', source_ip_prefix: '10.0.0.0/8' },
        "400 Invalid: Cannot use 'remote-ip-prefix' in conjunction with 'source-ip-prefix' or 'destination-ip-prefix'.",
      ],
      [
        {},
        "400 Invalid: You must define at least one of the following parameters 'remote_ip_prefix', or 'source_ip_prefix' or 'destination_ip_prefix'.",
      ],
      [
        { source_ip_prefix: '10.0.0.0/8', destination_ip_prefix: '2001:db8::/64' },
        '400 Invalid: source_ip_prefix and destination_ip_prefix must be of one IP version.',
      ],
      [
        { remote_ip_prefix: '10.0.0.0/33' },
        "400 HTTPBadRequest: Invalid input for remote_ip_prefix. Reason: '10.0.0.0/33' is not a valid IP subnet.",
      ],
      [
        { remote_ip_prefix: '10.0.0.0/8', direction: 'both' },
        "400 HTTPBadRequest: Invalid input for direction. Reason: 'both' is not in ['ingress', 'egress'].",
      ],
    ];
    for (const [attributes, words] of refused) expect(refusal(await addRule(id, attributes))).toBe(words);
    expect((await server.admin('GET', `${rules}?metering_label_id=${id}`)).body.metering_label_rules).toEqual(
      [],
    );
    const both = { source_ip_prefix: '10.0.0.0/8', destination_ip_prefix: '192.0.2.0/24' };
    expect((await addRule(id, both)).body.metering_label_rule).toMatchObject(both);
  });

  it('go with their label', async () => {
    const { id } = await label();
    const made = (await addRule(id, { remote_ip_prefix: '0.0.0.0/0' })).body.metering_label_rule;
    await server.admin('DELETE', `${labels}/${id}`);
    expect((await server.admin('GET', `${rules}/${made.id}`)).status).toBe(404);
  });
});

it('is there only when its plug-in is loaded', async () => {
  await using bare = await networkingServer({ settings: { service_plugins: ['router'] } });
  expect((await bare.admin('GET', labels)).status).toBe(404);
  expect((await bare.admin('GET', '/extensions/metering')).status).toBe(404);
  expect((await server.admin('GET', '/extensions/metering')).body.extension.alias).toBe('metering');
});

describe('agents', () => {
  it('hear of the routers on their host, with the labels of their project and the shared ones', async () => {
    await using own = await networkingServer();
    await own.agentsOn('network');
    const external = await makePublic(own.admin);
    const router = await make(own.member, 'router', {
      name: 'r',
      external_gateway_info: { network_id: external.network.id },
    });
    await make(own.stranger, 'router', { name: 'other' });
    const asked = () => own.rpc('q-metering-plugin', 'get_sync_data_metering', { host: 'network' });
    expect(await asked()).toEqual([]);
    const made = async (metering_label: object) =>
      (await own.admin('POST', labels, { metering_label })).body.metering_label.id as string;
    const mine = await made({ name: 'mine', tenant_id: demo });
    await made({ name: 'elsewhere', tenant_id: 'f'.repeat(32) });
    const rule = (
      await own.admin('POST', rules, {
        metering_label_rule: { metering_label_id: mine, direction: 'egress', remote_ip_prefix: '10.0.0.0/8' },
      })
    ).body.metering_label_rule;
    const { tenant_id: _tenant, project_id: _project, ...told } = rule;
    const spec = { id: mine, name: 'mine', shared: false, rules: [told] };
    expect(await asked()).toMatchObject([
      { id: router.id, tenant_id: demo, distributed: false, _metering_labels: [spec] },
    ]);
    expect(await own.rpc('q-metering-plugin', 'get_sync_data_metering', { host: 'compute1' })).toEqual([]);

    await made({ name: 'all', shared: true });
    const names = ((await asked()) as { name: string; _metering_labels: unknown[] }[]).map(
      ({ name, _metering_labels }) => `${name}: ${_metering_labels.length}`,
    );
    expect(names.sort()).toEqual(['other: 1', 'r: 2']);

    own.casts.splice(0);
    await own.member('PUT', `/routers/${router.id}`, { router: { external_gateway_info: {} } });
    expect(own.casts.filter(({ topic }) => topic === 'metering_agent')).toEqual([
      {
        topic: 'metering_agent',
        method: 'routers_updated',
        args: { routers: [router.id] },
        server: 'network',
      },
    ]);
  });
});
