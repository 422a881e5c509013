// The labs there are, found by label: also those of a patchbay that was killed.
import type { Engine } from '../engine/engine.ts';
import { entryLabel, kindLabel, labLabel, nodeLabel, warmLabel, wiresLabel } from './names.ts';
import { wiresFrom } from './wires.ts';

export interface NodeStatus {
  name: string;
  kind: string;
  /** The engine's words: `running`, `exited`, ... */
  state: string;
  address: string;
  image: string;
  /** NIC to the physical network it is wired to. */
  wires: Record<string, string>;
}

export interface LabStatus {
  name: string;
  entry: string;
  /** Nobody has asked for it yet; `warmOf` is the appliance that keeps it ready. */
  isWarm: boolean;
  warmOf?: string;
  /** Milliseconds since 1970. */
  createdAt: number;
  nodes: NodeStatus[];
  /**
   * Base URLs of the APIs and of the message queue as reachable from here: published ports, or the controller's own from a
   * container beside it; none while the controller is down.
   */
  endpoints: Partial<Record<ServiceName, string>>;
}

export type ApiName = 'identity' | 'network' | 'compute' | 'image';
/** With the message queue. */
export type ServiceName = ApiName | 'messages';

/** Where the controller's services listen. */
export const servicePorts: Record<ServiceName, number> = {
  identity: 5000,
  network: 9696,
  compute: 8774,
  image: 9292,
  messages: 5672,
};

/** All labs with their nodes, or only the one named; their APIs can be reached from here. */
export async function listLabs(engine: Engine, name?: string): Promise<LabStatus[]> {
  const label = name === undefined ? labLabel : `${labLabel}=${name}`;
  const [containers, networks, volumes] = await Promise.all([
    engine.listContainers(label),
    engine.listNetworks(label),
    engine.listVolumes(label),
  ]);
  if (engine.isWithin) await Promise.all(networks.map(({ id }) => engine.reachNetwork(id)));
  const names = new Set([...containers, ...networks].map((thing) => thing.labels[labLabel] ?? ''));
  return [...names].sort().map((lab) => {
    const own = containers.filter((container) => container.labels[labLabel] === lab).reverse();
    const network = networks.find((one) => one.labels[labLabel] === lab);
    const claim = volumes.find((one) => one.labels[labLabel] === lab && one.labels[entryLabel] !== undefined);
    const warmOf = network?.labels[warmLabel];
    const controller = own.find((container) => container.labels[kindLabel] === 'controller');
    const published = Object.entries(servicePorts).flatMap(([service, port]) => {
      const hostPort = controller?.ports[port];
      const scheme = service === 'messages' ? 'amqp' : 'http';
      if (hostPort === undefined) return [];
      const address = Object.values(controller?.addresses ?? {})[0] ?? '';
      const at = engine.isWithin ? `${address}:${port}` : `127.0.0.1:${hostPort}`;
      return [[service, `${scheme}://${at}`]];
    });
    return {
      name: lab,
      entry: claim?.labels[entryLabel] ?? network?.labels[entryLabel] ?? lab,
      isWarm: warmOf !== undefined && claim === undefined,
      ...(warmOf === undefined ? {} : { warmOf }),
      createdAt: Math.min(...own.map((container) => container.createdAt)),
      nodes: own.map((container) => ({
        name: container.labels[nodeLabel] ?? container.name,
        kind: container.labels[kindLabel] ?? '',
        state: container.state,
        image: container.image,
        address: Object.values(container.addresses)[0] ?? '',
        wires: wiresFrom(container.labels[wiresLabel] ?? ''),
      })),
      endpoints: Object.fromEntries(published) as LabStatus['endpoints'],
    };
  });
}
