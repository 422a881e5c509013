// How long the cloud takes until packets flow: an instance, a floating IP, a port.
import type { ProofLab } from '../../server/appliance/proof/deps.ts';
import { until, type CloudClient } from './cloud-admin.ts';

interface Port {
  id: string;
  status: string;
  mac_address: string;
  fixed_ips: { ip_address: string }[];
}

const timed = async (action: () => Promise<unknown>) => {
  const began = performance.now();
  await action();
  return performance.now() - began;
};

async function idOf(cloud: CloudClient, plural: string, name: string): Promise<string> {
  const path = `/v2.0/${plural}?name=${name}`;
  const found = (await cloud.send<Record<string, { id: string }[]>>('network', 'GET', path))[plural]?.[0]?.id;
  if (found === undefined) throw new Error(`There is no ${name} among the ${plural}`);
  return found;
}

/** Seconds from POST /servers to the first answer to a ping from the network's DHCP namespace. */
export async function measureServer(lab: ProofLab, cloud: CloudClient): Promise<number> {
  const net = await idOf(cloud, 'networks', 'net01');
  const { images } = await cloud.send<{ images: { id: string }[] }>('image', 'GET', '/v2/images?name=cirros');
  const { flavors } = await cloud.send<{ flavors: { id: string; name: string }[] }>(
    'compute',
    'GET',
    '/v2.1/flavors',
  );
  const flavorRef = flavors.find(({ name }) => name === 'm1.tiny')!.id;
  let id = '';
  const milliseconds = await timed(async () => {
    const server = { name: 'bench', imageRef: images[0]!.id, flavorRef, networks: [{ uuid: net }] };
    ({ id } = (
      await cloud.send<{ server: { id: string } }>('compute', 'POST', '/v2.1/servers', { server })
    ).server);
    const address = await until(async () => {
      const { ports } = await cloud.send<{ ports: Port[] }>('network', 'GET', `/v2.0/ports?device_id=${id}`);
      return ports[0]?.fixed_ips[0]?.ip_address;
    }, 'the port of the instance');
    const { code } = await lab.runInNode(
      'network',
      ['ip', 'netns', 'exec', `qdhcp-${net}`, 'ping', '-i', '0.1', '-c', '1', '-w', '20', address],
      { timeoutMs: 25_000 },
    );
    if (code !== 0) throw new Error(`The instance at ${address} does not answer`);
  });
  await cloud.send('compute', 'DELETE', `/v2.1/servers/${id}`);
  return milliseconds / 1000;
}

// Until the router translates, it may itself answer or refuse; an answer from behind it has crossed one more hop.
const answersBehindRouter = 'until ping -c 1 -W 0.2 "$1" | grep -q ttl=63; do sleep 0.02; done';

/** Seconds from the PUT that associates a floating IP to the first answer that the outside gets. */
export async function measureFloatingIp(lab: ProofLab, cloud: CloudClient): Promise<number> {
  const floating_network_id = await idOf(cloud, 'networks', 'public01');
  const { servers } = await cloud.send<{ servers: { id: string }[] }>(
    'compute',
    'GET',
    '/v2.1/servers?name=vm01',
  );
  const { ports } = await cloud.send<{ ports: Port[] }>(
    'network',
    'GET',
    `/v2.0/ports?device_id=${servers[0]!.id}`,
  );
  const { floatingip } = await cloud.send<{ floatingip: { id: string; floating_ip_address: string } }>(
    'network',
    'POST',
    '/v2.0/floatingips',
    { floatingip: { floating_network_id } },
  );
  // the port holds the lab's own floating IP; a second fixed address is not there, so that one is let go first
  const held = await cloud.send<{ floatingips: { id: string }[] }>(
    'network',
    'GET',
    `/v2.0/floatingips?port_id=${ports[0]!.id}`,
  );
  for (const { id } of held.floatingips)
    await cloud.send('network', 'PUT', `/v2.0/floatingips/${id}`, { floatingip: { port_id: null } });
  const milliseconds = await timed(async () => {
    const body = { floatingip: { port_id: ports[0]!.id } };
    const associated = cloud.send('network', 'PUT', `/v2.0/floatingips/${floatingip.id}`, body);
    const argv = ['timeout', '10', 'sh', '-c', answersBehindRouter, 'sh', floatingip.floating_ip_address];
    const { code } = await lab.runInNode('outside', argv, { timeoutMs: 15_000 });
    await associated;
    if (code !== 0) throw new Error(`${floatingip.floating_ip_address} does not answer`);
  });
  await cloud.send('network', 'DELETE', `/v2.0/floatingips/${floatingip.id}`);
  for (const { id } of held.floatingips)
    await cloud.send('network', 'PUT', `/v2.0/floatingips/${id}`, { floatingip: { port_id: ports[0]!.id } });
  return milliseconds / 1000;
}

/** Milliseconds from plugging a bound port into br-int to its status ACTIVE, as a client of the API sees it. */
export async function measurePort(lab: ProofLab, admin: CloudClient): Promise<number> {
  const network_id = await idOf(admin, 'networks', 'net01');
  const { port } = await admin.send<{ port: Port }>('network', 'POST', '/v2.0/ports', {
    port: { network_id, name: 'bench', device_owner: 'compute:bench', 'binding:host_id': 'compute1' },
  });
  const device = `qvo${port.id.slice(0, 11)}`;
  const ids = { 'iface-id': port.id, 'attached-mac': port.mac_address, 'iface-status': 'active' };
  const columns = Object.entries(ids).map(([key, value]) => `external_ids:${key}="${value}"`);
  const plug = [
    'ovs-vsctl',
    'add-port',
    'br-int',
    device,
    '--',
    'set',
    'Interface',
    device,
    'type=internal',
    ...columns,
  ];
  try {
    return await timed(async () => {
      await lab.runInNode('compute1', plug);
      await until(async () => {
        const shown = await admin.send<{ port: Port }>('network', 'GET', `/v2.0/ports/${port.id}`);
        return shown.port.status === 'ACTIVE' ? true : undefined;
      }, 'ACTIVE');
    });
  } finally {
    await lab.runInNode('compute1', ['ovs-vsctl', '--if-exists', 'del-port', device]);
    await admin.send('network', 'DELETE', `/v2.0/ports/${port.id}`);
  }
}
