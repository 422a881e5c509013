// A node's plumbing with the cloud's names on it. Pure.
import type { DeviceState, GuestState, NamespaceState, NodePlumbing } from '../http/types.ts';
import type { CloudNames } from './cloud-names.ts';

/** Where the port's id stands in a device's name: behind these, 11 characters of it. */
const portName = /^(?:tap|qvo|qvb|qbr|qr-|qg-|sg-|fg-|ha-)([0-9a-f]{8}-[0-9a-f]{2})/;

/**
 * @param before what it was last called: who is deleted at the API goes from the node a moment later, and until then keeps
 *   its title, though there is no object any more
 */
export function withNames(
  plumbing: NodePlumbing,
  names: CloudNames,
  before?: Pick<NodePlumbing, 'namespaces' | 'guests'>,
): NodePlumbing {
  // The device inside an instance has its own name; it is the other end of one that has the port's.
  const byId = new Map(plumbing.devices.map((device) => [device.id, device]));
  return {
    ...plumbing,
    namespaces: plumbing.namespaces.map((namespace) => {
      const title = before?.namespaces.find(({ name }) => name === namespace.name)?.title ?? namespace.title;
      return nameNamespace({ ...namespace, title }, names);
    }),
    guests: plumbing.guests.map((guest) => {
      const title = before?.guests.find(({ id }) => id === guest.id)?.title ?? guest.title;
      return nameGuest({ ...guest, title }, names);
    }),
    devices: plumbing.devices.map((device) =>
      nameDevice(
        device,
        device.guest === undefined ? device.name : (byId.get(device.peer ?? '')?.name ?? ''),
        names,
      ),
    ),
  };
}

function nameNamespace(namespace: NamespaceState, { routers, networks }: CloudNames): NamespaceState {
  const id = namespace.name.slice(namespace.name.indexOf('-') + 1);
  const router = routers.get(id);
  const network = networks.get(id);
  switch (namespace.kind) {
    case 'router':
      return router ? { ...namespace, title: shown(router), object: router } : namespace;
    case 'snat':
      return router ? { ...namespace, title: `SNAT of ${shown(router)}`, object: router } : namespace;
    case 'dhcp':
    case 'floating': {
      if (network === undefined) return namespace;
      const what = namespace.kind === 'dhcp' ? 'DHCP of' : 'floating IPs of';
      const object = { resource: 'network' as const, id, name: network.name };
      return { ...namespace, title: `${what} ${shown(object)}`, object };
    }
    case 'load-balancer':
    case 'other':
      return namespace;
  }
}

const shown = ({ name, id }: { name: string; id: string }) => (name === '' ? id.slice(0, 8) : name);

function nameGuest(guest: GuestState, { servers }: CloudNames): GuestState {
  const server = servers.get(guest.id);
  return server === undefined ? guest : { ...guest, title: server.name };
}

function nameDevice(device: DeviceState, named: string, { ports }: CloudNames): DeviceState {
  const port = ports.get(portName.exec(named)?.[1] ?? '');
  if (port === undefined) return device;
  const { resource, id, name, network } = port;
  return { ...device, port: { resource, id, name }, ...(network === undefined ? {} : { network }) };
}

/** Whether something in it has an id that the names do not explain. */
export function isUnexplained({ namespaces, guests, devices }: NodePlumbing): boolean {
  return (
    namespaces.some(({ kind, object }) => kind !== 'other' && object === undefined) ||
    guests.some(({ id, title }) => id === title) ||
    devices.some(({ name, port }) => portName.test(name) && port === undefined)
  );
}
