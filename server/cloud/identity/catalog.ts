// The service catalog as tokens carry it, in the form of v3 and of v2.0.
import type { Rows } from '../store/rows.ts';
import * as tables from './tables.ts';
import type { EndpointRow, ServiceRow } from './tables.ts';

/** Puts the project's id where an address names it. */
const fill = (url: string, projectId: string) => url.replace(/[$%]\((tenant_id|project_id)\)s/g, projectId);

async function enabledServices(rows: Rows): Promise<{ service: ServiceRow; endpoints: EndpointRow[] }[]> {
  const services = await rows.all(tables.services, { enabled: true }, { orderBy: [{ column: 'type' }] });
  const endpoints = await rows.all(tables.endpoints, { enabled: true }, { orderBy: [{ column: 'id' }] });
  return services.map((service) => ({
    service,
    endpoints: endpoints.filter(({ service_id }) => service_id === service.id),
  }));
}

/** `[{id, type, name, endpoints: [{id, interface, region, region_id, url}]}]` */
export async function catalogV3(rows: Rows, projectId: string) {
  return (await enabledServices(rows)).map(({ service, endpoints }) => ({
    id: service.id,
    type: service.type,
    name: service.name,
    endpoints: endpoints.map((endpoint) => ({
      id: endpoint.id,
      interface: endpoint.interface,
      region: endpoint.region_id,
      region_id: endpoint.region_id,
      url: fill(endpoint.url, projectId),
    })),
  }));
}

/** The v2.0 endpoint that three interfaces make up. */
export interface LegacyEndpoint {
  id: string;
  service_id: string;
  region: string;
  publicurl: string;
  internalurl: string;
  adminurl: string;
  enabled: boolean;
}

/** Endpoints grouped as v2.0 has them; one made by v3 alone stands for all its interfaces. */
export function legacyEndpoints(endpoints: readonly EndpointRow[]): LegacyEndpoint[] {
  const groups = new Map<string, EndpointRow[]>();
  for (const endpoint of endpoints) {
    const key = endpoint.legacy_endpoint_id ?? `${endpoint.service_id} ${endpoint.region_id ?? ''}`;
    groups.set(key, [...(groups.get(key) ?? []), endpoint]);
  }
  return [...groups.values()].map((group) => {
    const first = group.find((endpoint) => endpoint.interface === 'public') ?? group[0]!;
    const urlOf = (name: string) => (group.find((endpoint) => endpoint.interface === name) ?? first).url;
    return {
      id: first.legacy_endpoint_id ?? first.id,
      service_id: first.service_id,
      region: first.region_id ?? '',
      publicurl: urlOf('public'),
      internalurl: urlOf('internal'),
      adminurl: urlOf('admin'),
      enabled: first.enabled,
    };
  });
}

/** `[{type, name, endpoints: [{region, publicURL, internalURL, adminURL, id}], endpoints_links}]`; identity is v2.0's. */
export async function catalogV2(rows: Rows, projectId: string) {
  return (await enabledServices(rows)).map(({ service, endpoints }) => ({
    type: service.type,
    name: service.name,
    endpoints: legacyEndpoints(endpoints).map((endpoint) => {
      const urlOf = (url: string) =>
        service.type === 'identity' ? url.replace(/\/v3$/, '/v2.0') : fill(url, projectId);
      return {
        region: endpoint.region,
        publicURL: urlOf(endpoint.publicurl),
        internalURL: urlOf(endpoint.internalurl),
        adminURL: urlOf(endpoint.adminurl),
        id: endpoint.id,
      };
    }),
    endpoints_links: [],
  }));
}
