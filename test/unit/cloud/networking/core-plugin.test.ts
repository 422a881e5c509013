// The core plug-ins of the guide and their own configuration files: what network types, ranges and mechanisms follow.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { loadConfig } from '../../../../server/lib/config.ts';
import { serverOptions, settingsOf } from '../../../../server/cloud/networking/options.ts';

const folder = mkdtempSync(join(tmpdir(), 'core-plugin-'));
afterAll(() => rmSync(folder, { recursive: true }));

function ml2Of(text: string) {
  const file = join(folder, 'neutron.conf');
  writeFileSync(file, text);
  const config = loadConfig(serverOptions, ['--config-file', file]);
  expect(config.warnings).toEqual([]);
  return settingsOf(config).ml2;
}

describe('core_plugin ml2', () => {
  it('takes names of types in any case, as the guide writes them', () => {
    const ml2 = ml2Of(`[ml2]
type_drivers = LOCAL,flat,VLAN,GRE,VXLAN
tenant_network_types = GRE,VXLAN
physical_network_mtus = physnet2:1400
[ml2_type_gre]
tunnel_id_ranges = 1:100
[ml2_type_vxlan]
vni_ranges = 1001:2000, 3001:3005`);
    expect(ml2).toMatchObject({
      type_drivers: ['local', 'flat', 'vlan', 'gre', 'vxlan'],
      tenant_network_types: ['gre', 'vxlan'],
      tunnel_id_ranges: ['1:100'],
      vni_ranges: ['1001:2000', '3001:3005'],
      physical_network_mtus: { physnet2: 1400 },
    });
  });

  it('reads the file of the older plug-in too', () => {
    const ml2 = ml2Of('[ovs]\ntenant_network_type = vlan\nnetwork_vlan_ranges = physnet1,physnet2:100:110');
    expect(ml2).toMatchObject({
      tenant_network_types: ['vlan'],
      network_vlan_ranges: ['physnet1', 'physnet2:100:110'],
      mechanism_drivers: ['openvswitch'],
    });
  });

  it('an MTU that is no number is refused', () => {
    expect(() => ml2Of('[ml2]\nphysical_network_mtus = physnet1:large')).toThrow(
      "physical_network_mtus: 'physnet1:large' needs a whole number from 68 on",
    );
  });
});

describe.each(['openvswitch', 'neutron.plugins.openvswitch.ovs_neutron_plugin.OVSNeutronPluginV2'])(
  'core_plugin %s',
  (name) => {
    const withOvs = (text: string) => ml2Of(`[DEFAULT]\ncore_plugin = ${name}\n[ovs]\n${text}`);

    it('has the types and physical networks of [ovs] and its own mechanism only', () => {
      expect(
        withOvs('tenant_network_type = vlan\nnetwork_vlan_ranges = physnet1,physnet2:100:110'),
      ).toMatchObject({
        type_drivers: ['local', 'flat', 'vlan'],
        tenant_network_types: ['vlan'],
        mechanism_drivers: ['openvswitch'],
        flat_networks: ['physnet1', 'physnet2'],
        network_vlan_ranges: ['physnet1', 'physnet2:100:110'],
      });
    });

    it('has tunnels where they are enabled, of the type named', () => {
      const text = 'tenant_network_type = gre\nenable_tunneling = True\ntunnel_id_ranges = 1:1000';
      expect(withOvs(text)).toMatchObject({
        type_drivers: ['local', 'flat', 'vlan', 'gre', 'vxlan'],
        tenant_network_types: ['gre'],
        tunnel_id_ranges: ['1:1000'],
      });
      expect(withOvs(`${text}\ntunnel_type = GRE`).type_drivers).toEqual(['local', 'flat', 'vlan', 'gre']);
      expect(() => withOvs(`${text}\ntunnel_type = vxlan`)).toThrow(
        'tenant_network_type of group [ovs] is gre: tunnel_type is vxlan',
      );
      expect(() => withOvs('tenant_network_type = gre')).toThrow(
        'tenant_network_type of group [ovs] is gre: enable_tunneling is False',
      );
    });
  },
);

it.each(['linuxbridge', 'neutron.plugins.linuxbridge.lb_neutron_plugin.LinuxBridgePluginV2'])(
  'core_plugin %s has the types and physical networks of [vlans] and its own mechanism only',
  (name) => {
    const text = `[DEFAULT]\ncore_plugin = ${name}\n[vlans]\ntenant_network_type = vlan\nnetwork_vlan_ranges = physnet1,physnet2:100:110`;
    expect(ml2Of(text)).toMatchObject({
      type_drivers: ['local', 'flat', 'vlan'],
      tenant_network_types: ['vlan'],
      mechanism_drivers: ['linuxbridge'],
      network_vlan_ranges: ['physnet1', 'physnet2:100:110'],
    });
  },
);

it('a plug-in nobody knows is refused with the names of those there are', () => {
  expect(() => ml2Of('[DEFAULT]\ncore_plugin = nsx')).toThrow(
    /'nsx' is none of ml2, openvswitch, linuxbridge/,
  );
});
