// Flavors and service profiles.
import { neutronError } from '../../model/errors.ts';
import type { Flavor, ServiceProfile } from '../../model/flavor.ts';
import { flavorBindings } from '../../store/networking-tables.ts';
import type { Item, Rules, Work } from '../work.ts';

export const flavorRules: Rules<Flavor, Item, Item> = {
  notFound: (flavor_id) => neutronError('FlavorNotFound', { flavor_id }),

  async decorate(rows, list) {
    const flavor_id = list.map(({ id }) => id);
    const bound = await rows.all(
      flavorBindings,
      { flavor_id },
      { orderBy: [{ column: 'service_profile_id' }] },
    );
    const byFlavor = Map.groupBy(bound, (row) => row.flavor_id);
    return list.map(({ id }) => ({
      service_profiles: (byFlavor.get(id) ?? []).map(({ service_profile_id }) => service_profile_id),
    }));
  },

  async beforeCreate(work, { service_type }) {
    const { service_plugins } = work.env.settings;
    const known = ['FLAVORS', ...service_plugins.map((name) => pluginTypes[name])];
    if (!known.includes(service_type as string)) throw neutronError('InvalidServiceType', { service_type });
    return {};
  },
};

/** Types of service plug-ins by the name that loads them. */
const pluginTypes: Record<string, string> = { router: 'L3_ROUTER_NAT', metering: 'METERING' };

export const serviceProfileRules: Rules<ServiceProfile, Item, Item> = {
  notFound: (sp_id) => neutronError('ServiceProfileNotFound', { sp_id }),

  async beforeCreate(_work, { driver, metainfo }) {
    checkDriver(driver);
    if (driver === '' && metainfo === '') throw neutronError('ServiceProfileEmpty');
    return {};
  },

  async beforeUpdate(work, row, { driver }) {
    checkDriver(driver ?? '');
    await refuseBound(work, row.id);
    return {};
  },

  beforeDelete: (work, { id }) => refuseBound(work, id),
};

/** No service providers are loaded whose drivers could be named. */
function checkDriver(driver: unknown): void {
  if (driver !== '') throw neutronError('ServiceProfileDriverNotFound', { driver });
}

async function refuseBound(work: Work, sp_id: string): Promise<void> {
  if ((await work.rows.count(flavorBindings, { service_profile_id: sp_id })) > 0)
    throw neutronError('ServiceProfileInUse', { sp_id });
}
