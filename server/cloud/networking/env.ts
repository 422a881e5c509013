// The parts of the server put together; main.ts gives the real ones, tests give recorders.
import type { Logger } from '../../lib/log.ts';
import type { Resource } from '../../lib/resource.ts';
import { resources } from '../model/index.ts';
import type { Store } from '../store/store.ts';
import { defaultPolicy } from './default-policy.ts';
import { createMl2 } from './plugins/ml2/plugin.ts';
import { createPolicy } from './policy.ts';
import { rules } from './rules/index.ts';
import { checkSettings } from './check-settings.ts';
import type { Settings } from './settings.ts';
import type { Env, Messages, ServerEvents } from './work.ts';

export interface EnvParts {
  store: Store;
  settings: Settings;
  messages: Messages;
  serverEvents: ServerEvents;
  log: Logger;
  /** policy.json; absent: the default policy alone. */
  policyPath?: string;
}

/** The environment of all requests. Throws naming an option whose value cannot be used. */
export function createEnv({ store, settings, messages, serverEvents, log, policyPath }: EnvParts): Env {
  checkSettings(settings);
  return {
    store,
    settings,
    resources: loadedResources(settings),
    messages,
    serverEvents,
    log,
    rules,
    policy: createPolicy(defaultPolicy(resources), { log, ...(policyPath && { path: policyPath }) }),
    plugin: createMl2(settings, (message) => log.warning(message)),
  };
}

/** Extensions that bring resources or fields, and what must be set up for them. */
const needs: Record<string, (settings: Settings) => boolean> = {
  router: ({ service_plugins }) => service_plugins.includes('router'),
  metering: ({ service_plugins }) => service_plugins.includes('metering'),
  qos: ({ service_plugins }) => service_plugins.includes('qos'),
  'security-group': ({ enable_security_group }) => enable_security_group,
};

/** The resources and fields that the configured plug-ins serve. */
function loadedResources(settings: Settings): Resource[] {
  const isLoaded = ({ extension }: { extension?: string }) => needs[extension ?? '']?.(settings) ?? true;
  return resources.filter(isLoaded).map((resource: Resource) => {
    const fields = Object.entries(resource.fields).filter(([, field]) => isLoaded(field));
    return { ...resource, fields: Object.fromEntries(fields) };
  });
}
