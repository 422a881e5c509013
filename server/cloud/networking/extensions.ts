// The extensions that are really there, and the documents that tell so.
import type { Router } from 'express';
import { neutronError } from '../model/errors.ts';
import { declared } from './extension-list.ts';
import type { Settings } from './settings.ts';
import type { Env } from './work.ts';

interface Extension {
  name: string;
  alias: string;
  description: string;
  updated: string;
  links: [];
}

const all: readonly Extension[] = declared.map(([alias, name, description, updated]) => ({
  name,
  alias,
  description,
  updated,
  links: [],
}));

/** Extensions that only one part of the server brings. */
const parts: { aliases: string[]; isLoaded: (settings: Settings) => boolean }[] = [
  {
    aliases: [
      'router',
      'auto-allocated-topology',
      'floatingip-pools',
      'router_availability_zone',
      'dvr',
      'l3-ha',
      'ext-gw-mode',
      'extraroute',
      'extraroute-atomic',
      'fip-port-details',
      'l3_agent_scheduler',
      'l3-port-ip-change-not-allowed',
      'router-admin-state-down-before-update',
    ],
    isLoaded: ({ service_plugins }) => service_plugins.includes('router'),
  },
  {
    aliases: ['metering', 'metering_source_and_destination_fields'],
    isLoaded: ({ service_plugins }) => service_plugins.includes('metering'),
  },
  {
    aliases: [
      'qos',
      'qos-bw-limit-direction',
      'qos-default',
      'qos-port-network-policy',
      'qos-rule-type-details',
      'qos-rule-type-filter',
      'qos-rules-alias',
    ],
    isLoaded: ({ service_plugins }) => service_plugins.includes('qos'),
  },
  {
    aliases: [
      'security-group',
      'security-groups-normalized-cidr',
      'security-groups-remote-address-group',
      'address-group',
      'rbac-address-group',
      'rbac-security-groups',
      'security-groups-shared-filtering',
      'stateful-security-group',
      'port-security-groups-filtering',
    ],
    isLoaded: ({ enable_security_group }) => enable_security_group,
  },
  { aliases: ['pagination'], isLoaded: ({ allow_pagination }) => allow_pagination },
  { aliases: ['sorting', 'sort-key-validation'], isLoaded: ({ allow_sorting }) => allow_sorting },
];

/** The extensions that are there under these settings. */
export const loadedExtensions = (settings: Settings): readonly Extension[] =>
  all.filter(({ alias }) => parts.every((part) => !part.aliases.includes(alias) || part.isLoaded(settings)));

/** GET /extensions, /extensions/ALIAS, and the service providers (none are loaded). */
export function extensionRoutes(router: Router, env: Env): void {
  const extensions = loadedExtensions(env.settings);
  router.get('/extensions', (_req, res) => void res.json({ extensions }));
  router.get('/extensions/:alias', (req, res) => {
    const { alias } = req.params;
    const extension = extensions.find((known) => known.alias === alias);
    if (extension === undefined) throw neutronError('ExtensionNotFound', { alias });
    res.json({ extension });
  });
  router.get('/service-providers', (_req, res) => void res.json({ service_providers: [] }));
}
