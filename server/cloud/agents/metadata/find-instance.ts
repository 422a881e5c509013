// Whose request is it: the instance that has the sender's address on the network, or on a network of the router.
import { interfaceOwners } from '../../model/device-owners.ts';
import type { PortSpec } from '../../model/specs.ts';

/** Who asks, as the proxy in the namespace tells it. */
export interface Asker {
  address: string;
  networkId?: string;
  routerId?: string;
}

export interface Instance {
  id: string;
  tenantId: string;
}

type Port = Pick<PortSpec, 'device_id' | 'device_owner' | 'network_id' | 'fixed_ips'> & { tenant_id: string };
export type GetPorts = (filters: Record<string, unknown>) => Promise<Port[]>;

/** Answers are kept so long: a booting instance asks dozens of questions in a row. */
const keptMs = 5000;
const mostKept = 1000;

/** Looks instances up at the server; undefined where none or more than one fits. Unknown askers are not remembered. */
export function instanceFinder(getPorts: GetPorts): (asker: Asker) => Promise<Instance | undefined> {
  const kept = new Map<string, { until: number; answer: Promise<Instance | undefined> }>();
  return async (asker) => {
    const key = `${asker.networkId ?? ''} ${asker.routerId ?? ''} ${asker.address}`;
    const known = kept.get(key);
    if (known !== undefined && known.until > Date.now()) return known.answer;
    const answer = findInstance(asker, getPorts);
    kept.delete(key);
    kept.set(key, { until: Date.now() + keptMs, answer });
    if (kept.size > mostKept) kept.delete(kept.keys().next().value!);
    const forget = () => {
      if (kept.get(key)?.answer === answer) kept.delete(key);
    };
    answer.then((instance) => instance ?? forget(), forget);
    return answer;
  };
}

async function findInstance(
  { address, networkId, routerId }: Asker,
  getPorts: GetPorts,
): Promise<Instance | undefined> {
  const networks = networkId === undefined ? await networksOf(routerId, getPorts) : [networkId];
  if (networks.length === 0) return undefined;
  const ports = await getPorts({ network_id: networks, fixed_ips: { ip_address: [address] } });
  const fitting = ports.filter(
    (port) =>
      networks.includes(port.network_id) && port.fixed_ips.some(({ ip_address }) => ip_address === address),
  );
  const [port] = fitting;
  if (port === undefined || fitting.length > 1 || port.device_id === '') return undefined;
  return { id: port.device_id, tenantId: port.tenant_id };
}

async function networksOf(routerId: string | undefined, getPorts: GetPorts): Promise<string[]> {
  if (routerId === undefined) return [];
  const ports = await getPorts({ device_id: [routerId], device_owner: interfaceOwners });
  const own = ports.filter(
    (port) => port.device_id === routerId && interfaceOwners.includes(port.device_owner),
  );
  return [...new Set(own.map((port) => port.network_id))];
}
