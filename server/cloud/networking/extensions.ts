// The extensions that are really there, and the documents that tell so.
import type { Router } from 'express';
import { neutronError } from '../model/errors.ts';
import { core } from './extension-lists/core.ts';
import type { Declared } from './extension-lists/declared.ts';
import { pagination, sorting } from './extension-lists/lists.ts';
import { securityGroups } from './extension-lists/security-groups.ts';
import { metering, qos, router } from './extension-lists/services.ts';
import type { Settings } from './settings.ts';
import type { Env } from './work.ts';

interface Extension {
  name: string;
  alias: string;
  description: string;
  updated: string;
  links: [];
}

/** Extensions by the part of the server that brings them. */
const parts: { declared: Declared; isLoaded: (settings: Settings) => boolean }[] = [
  { declared: core, isLoaded: () => true },
  { declared: router, isLoaded: ({ service_plugins }) => service_plugins.includes('router') },
  { declared: metering, isLoaded: ({ service_plugins }) => service_plugins.includes('metering') },
  { declared: qos, isLoaded: ({ service_plugins }) => service_plugins.includes('qos') },
  { declared: securityGroups, isLoaded: ({ enable_security_group }) => enable_security_group },
  { declared: pagination, isLoaded: ({ allow_pagination }) => allow_pagination },
  { declared: sorting, isLoaded: ({ allow_sorting }) => allow_sorting },
];

/** The extensions that are there under these settings. */
export const loadedExtensions = (settings: Settings): readonly Extension[] =>
  parts
    .filter(({ isLoaded }) => isLoaded(settings))
    .flatMap(({ declared }) => declared)
    .map(([alias, name, description, updated]) => ({ name, alias, description, updated, links: [] }));

/** GET /extensions, /extensions/ALIAS, and the service providers (none are loaded). */
export function extensionRoutes(routes: Router, env: Env): void {
  const extensions = loadedExtensions(env.settings);
  routes.get('/extensions', (_req, res) => void res.json({ extensions }));
  routes.get('/extensions/:alias', (req, res) => {
    const { alias } = req.params;
    const extension = extensions.find((known) => known.alias === alias);
    if (extension === undefined) throw neutronError('ExtensionNotFound', { alias });
    res.json({ extension });
  });
  routes.get('/service-providers', (_req, res) => void res.json({ service_providers: [] }));
}
