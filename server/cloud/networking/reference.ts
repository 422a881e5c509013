// Which reference pages there are; run as a program it writes them below docs/reference.
import { mkdirSync, writeFileSync } from 'node:fs';
import { dhcpOptions } from '../model/options/dhcp.ts';
import { glanceOptions } from '../model/options/glance.ts';
import { keystoneOptions } from '../model/options/keystone.ts';
import { l3Options } from '../model/options/l3.ts';
import {
  linuxbridgeAgentOptions,
  linuxbridgeOptions,
  linuxbridgeSecurityGroupOptions,
  linuxbridgeVxlanOptions,
} from '../model/options/linuxbridge.ts';
import { metadataOptions } from '../model/options/metadata.ts';
import { meteringAgentOptions, meteringOptions } from '../model/options/metering.ts';
import { novaOptions } from '../model/options/nova.ts';
import { ovsAgentOptions, ovsOptions, securityGroupOptions } from '../model/options/ovs.ts';
import { zoneOptions } from '../model/options/zone.ts';
import { resources } from '../model/index.ts';
import { optionPage, resourcePage } from '../model/reference.ts';
import { serverOptions } from './options.ts';

/** Text of each page by its file name. */
export const referencePages = (): Record<string, string> => ({
  'networking-api.md': resourcePage(resources),
  'configuration.md': optionPage('Options of the configuration files', {
    'neutron.conf and ml2_conf.ini (neutron-server)': serverOptions,
    'ovs_neutron_plugin.ini (neutron-openvswitch-agent)': {
      ovs: ovsOptions,
      agent: ovsAgentOptions,
      securitygroup: securityGroupOptions,
    },
    'linuxbridge_conf.ini (neutron-linuxbridge-agent)': {
      linux_bridge: linuxbridgeOptions,
      vxlan: linuxbridgeVxlanOptions,
      agent: linuxbridgeAgentOptions,
      securitygroup: linuxbridgeSecurityGroupOptions,
    },
    'dhcp_agent.ini (neutron-dhcp-agent)': { DEFAULT: dhcpOptions, agent: zoneOptions },
    'l3_agent.ini (neutron-l3-agent)': { DEFAULT: l3Options, agent: zoneOptions },
    'metadata_agent.ini (neutron-metadata-agent)': { DEFAULT: metadataOptions },
    'metering_agent.ini (neutron-metering-agent)': { DEFAULT: meteringOptions, agent: meteringAgentOptions },
    'keystone.conf (keystone-all)': keystoneOptions,
    'glance-api.conf (glance-api)': glanceOptions,
    'nova.conf (nova-api, nova-compute)': novaOptions,
  }),
});

if (import.meta.main) {
  const folder = new URL('../../../docs/reference/', import.meta.url);
  mkdirSync(folder, { recursive: true });
  for (const [name, text] of Object.entries(referencePages())) writeFileSync(new URL(name, folder), text);
}
