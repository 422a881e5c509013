// What the cloud's APIs call the things that kernels know by uuid, and which instances there are.
import type { ApiGet } from '../checks/types.ts';
import type { CloudObject, InstanceState, NetworkName } from '../http/types.ts';

export interface KnownPort extends CloudObject {
  network?: NetworkName;
  /** Uuid of the router, instance or DHCP service it belongs to. */
  device: string;
}

export interface CloudNames {
  networks: Map<string, NetworkName>;
  routers: Map<string, CloudObject>;
  servers: Map<string, CloudObject>;
  /** By the first 11 characters of the id, which are in the names of devices. */
  ports: Map<string, KnownPort>;
  instances: InstanceState[];
}

interface NetworkRow {
  id: string;
  name: string;
  'provider:network_type'?: string;
  'provider:segmentation_id'?: number | null;
}
interface PortRow {
  id: string;
  name: string;
  network_id: string;
  device_id: string;
}
interface ServerRow {
  id: string;
  name: string;
  status: string;
  addresses: Record<string, { addr: string }[]>;
  'OS-EXT-SRV-ATTR:host'?: string | null;
}

/** Rejects where an API does not answer or refuses. */
export async function fetchNames(get: ApiGet): Promise<CloudNames> {
  const list = async <Row>(service: 'network' | 'compute', path: string, key: string): Promise<Row[]> => {
    const { status, body } = await get(service, path);
    if (status >= 400) throw new Error(`the ${service} API answers ${status} to GET ${path}`);
    return (body as Record<string, Row[]>)[key] ?? [];
  };
  const fields = (...names: string[]) => names.map((name) => `fields=${name}`).join('&');
  const provider = ['provider:network_type', 'provider:segmentation_id'];
  const [networkRows, routerRows, portRows, serverRows] = await Promise.all([
    list<NetworkRow>('network', `/v2.0/networks?${fields('id', 'name', ...provider)}`, 'networks'),
    list<{ id: string; name: string }>('network', `/v2.0/routers?${fields('id', 'name')}`, 'routers'),
    list<PortRow>('network', `/v2.0/ports?${fields('id', 'name', 'network_id', 'device_id')}`, 'ports'),
    list<ServerRow>('compute', '/v2.1/servers/detail?all_tenants=1', 'servers'),
  ]);
  const networks = new Map(networkRows.map((row) => [row.id, networkName(row)]));
  const ports = portRows.map(({ id, name, network_id, device_id }): [string, KnownPort] => {
    const network = networks.get(network_id);
    return [
      id.slice(0, 11),
      { resource: 'port', id, name, device: device_id, ...(network === undefined ? {} : { network }) },
    ];
  });
  return {
    networks,
    routers: new Map(routerRows.map(({ id, name }) => [id, { resource: 'router', id, name }])),
    servers: new Map(serverRows.map(({ id, name }) => [id, { resource: 'server', id, name }])),
    ports: new Map(ports),
    instances: serverRows.map(instanceOf),
  };
}

function networkName(row: NetworkRow): NetworkName {
  const number = row['provider:segmentation_id'];
  const word = row['provider:network_type'] === 'vlan' ? 'VLAN' : 'VNI';
  const segment = typeof number === 'number' ? `${word} ${number}` : (row['provider:network_type'] ?? '');
  return { id: row.id, name: row.name, segment };
}

function instanceOf(row: ServerRow): InstanceState {
  const host = row['OS-EXT-SRV-ATTR:host'];
  return {
    name: row.name,
    status: row.status,
    addresses: Object.values(row.addresses).flatMap((list) => list.map(({ addr }) => addr)),
    ...(typeof host === 'string' && host !== '' ? { node: host } : {}),
  };
}
