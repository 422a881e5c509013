// Network types of ML2: tunnels and VLANs from the configured ranges, in the configured order, with the MTU of each.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { warnOfDisabledTypes } from '../../../server/cloud/networking/disabled-types.ts';
import { make, networkingServer, refusal, type ServerOptions } from '../../support/networking.ts';

const started = (settings: NonNullable<ServerOptions['settings']>) =>
  networkingServer({ settings: { quotas: {}, ...settings } });

const segmentOf = (network: Record<string, unknown>) =>
  ['network_type', 'physical_network', 'segmentation_id'].map((name) => network[`provider:${name}`]);

describe.each([
  ['gre', 'tunnel_id_ranges', 4294967295],
  ['vxlan', 'vni_ranges', 16777215],
] as const)('type %s', (type, option, last) => {
  const asked = (segmentation_id?: number) => ({
    'provider:network_type': type,
    ...(segmentation_id !== undefined && { 'provider:segmentation_id': segmentation_id }),
  });

  it('tenants get the lowest free id of the ranges, until there is none', async () => {
    await using server = await started({ ml2: { tenant_network_types: [type], [option]: ['5:6', '9:9'] } });
    const first = await make(server.admin, 'network', asked(6));
    const ids = [];
    for (let count = 0; count < 2; count++) {
      const { id } = await make(server.member, 'network', {});
      ids.push(segmentOf((await server.admin('GET', `/networks/${id}`)).body.network));
    }
    expect(ids).toEqual([
      [type, null, 5],
      [type, null, 9],
    ]);
    const exhausted =
      '503 NoNetworkAvailable: Unable to create the network. No tenant network is available for allocation.';
    expect(refusal(await server.member('POST', '/networks', { network: {} }))).toBe(exhausted);
    expect(refusal(await server.admin('POST', '/networks', { network: asked() }))).toBe(exhausted);
    await server.admin('DELETE', `/networks/${first.id}`);
    await make(server.member, 'network', {});
  });

  it('an administrator may take an id outside the ranges, once', async () => {
    await using server = await started({ ml2: { [option]: ['5:6'] } });
    const network = await make(server.admin, 'network', asked(last));
    expect(segmentOf(network)).toEqual([type, null, last]);
    expect(refusal(await server.admin('POST', '/networks', { network: asked(last) }))).toBe(
      `409 TunnelIdInUse: Unable to create the network. The tunnel ID ${last} is in use.`,
    );
    expect(segmentOf(await make(server.admin, 'network', asked()))).toEqual([type, null, 5]);
  });

  it('ids that the protocol cannot carry and physical networks are refused', async () => {
    await using server = await started({});
    for (const id of [0, last + 1])
      expect(refusal(await server.admin('POST', '/networks', { network: asked(id) }))).toBe(
        `400 InvalidInput: Invalid input for operation: segmentation_id out of range (1 through ${last}).`,
      );
    const network = { ...asked(7), 'provider:physical_network': 'physnet2' };
    expect(refusal(await server.admin('POST', '/networks', { network }))).toBe(
      `400 InvalidInput: Invalid input for operation: provider:physical_network specified for ${type} network.`,
    );
  });
});

it('networks of types that are no longer loaded are warned about at start, and can still be deleted', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'ml2-types-'));
  const url = `sqlite:///${join(folder, 'neutron.sqlite')}`;
  const made = [];
  {
    await using server = await networkingServer({ url });
    for (const type of ['gre', 'gre', 'vxlan', 'local']) {
      const network = { 'provider:network_type': type };
      made.push(
        await make(server.admin, 'network', {
          ...network,
          ...(type !== 'local' && { 'provider:segmentation_id': 10 + made.length }),
        }),
      );
    }
  }
  await using server = await networkingServer({
    url,
    settings: { ml2: { type_drivers: ['local', 'vlan'] } },
  });
  const log = vi.spyOn(server.env.log, 'warning');
  await warnOfDisabledTypes(server.env);
  expect(log.mock.calls.map(([message]) => message.split('.')[0])).toEqual([
    "type_drivers: 'gre' is not loaded but in use by 2 networks",
    "type_drivers: 'vxlan' is not loaded but in use by 1 network",
  ]);
  expect((await server.admin('DELETE', `/networks/${made[0].id}`)).status).toBe(204);
  rmSync(folder, { recursive: true });
});

describe('tenant networks', () => {
  it('are of the first type that has a segment left, on the first physical network that has', async () => {
    await using server = await started({
      ml2: {
        tenant_network_types: ['vxlan', 'vlan', 'gre'],
        vni_ranges: ['77:77'],
        network_vlan_ranges: ['physnet1', 'physnet2:100:100', 'physnet3:200:200'],
        tunnel_id_ranges: ['5:5'],
      },
    });
    const made = [];
    for (let count = 0; count < 4; count++) made.push(segmentOf(await make(server.admin, 'network', {})));
    expect(made).toEqual([
      ['vxlan', null, 77],
      ['vlan', 'physnet2', 100],
      ['vlan', 'physnet3', 200],
      ['gre', null, 5],
    ]);
  });

  it('a tenant type that is not loaded keeps the server from starting', async () => {
    await expect(
      started({ ml2: { type_drivers: ['local', 'flat'], tenant_network_types: ['vxlan'] } }),
    ).rejects.toThrow("tenant_network_types: 'vxlan' is none of the loaded types: local, flat");
  });

  it('many at once get distinct ids', async () => {
    await using server = await started({
      ml2: { tenant_network_types: ['vxlan'], vni_ranges: ['1:40'] },
    });
    const made = await Promise.all(Array.from({ length: 40 }, () => make(server.admin, 'network', {})));
    expect(new Set(made.map((network) => network['provider:segmentation_id'])).size).toBe(40);
  });
});

describe('the MTU of a network', () => {
  const mtus = async (settings: NonNullable<ServerOptions['settings']>) => {
    await using server = await started({
      ...settings,
      ml2: { network_vlan_ranges: ['physnet2'], ...settings.ml2 },
    });
    const types = [
      { 'provider:network_type': 'local' },
      { 'provider:network_type': 'flat', 'provider:physical_network': 'physnet1' },
      {
        'provider:network_type': 'vlan',
        'provider:physical_network': 'physnet2',
        'provider:segmentation_id': 5,
      },
      { 'provider:network_type': 'gre', 'provider:segmentation_id': 5 },
      { 'provider:network_type': 'vxlan', 'provider:segmentation_id': 5 },
    ];
    const made = [];
    for (const network of types) made.push((await make(server.admin, 'network', network)).mtu);
    return made;
  };

  it('leaves room for the headers of its tunnels', async () => {
    expect(await mtus({})).toEqual([1500, 1500, 1500, 1458, 1450]);
    expect(await mtus({ global_physnet_mtu: 9000 })).toEqual([9000, 9000, 9000, 8958, 8950]);
    expect(await mtus({ ml2: { overlay_ip_version: 6 } })).toEqual([1500, 1500, 1500, 1438, 1430]);
  });

  it('follows path_mtu in tunnels and physical_network_mtus on physical networks, where they are less', async () => {
    expect(await mtus({ global_physnet_mtu: 9000, ml2: { path_mtu: 1500 } })).toEqual([
      9000, 9000, 9000, 1458, 1450,
    ]);
    expect(await mtus({ ml2: { path_mtu: 9000, physical_network_mtus: { physnet2: 1400 } } })).toEqual([
      1500, 1500, 1400, 1458, 1450,
    ]);
  });
});
