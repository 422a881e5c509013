// Single things: a network with its router, a port, a floating IP; from the first call to what is there in the nodes.
import type { RunningCloud } from '../support/cloud/running-cloud.ts';
import { boot, makeNetwork, makeRouter, waitForInstance } from '../support/cloud/topology.ts';
import { until, type CloudClient } from './cloud-admin.ts';

// Prints when dnsmasq of a network, and qr- and qg- of a router, are there with their addresses, in ms since 1970.
const watchWiring = `d= q= g=
while [ -z "$d" ] || [ -z "$q" ] || [ -z "$g" ]; do
  if [ -z "$d" ] && grep -qs dnsmasq "/proc/$(cat "/var/lib/neutron/dhcp/"*/pid 2>/dev/null | head -n1)/cmdline"; then d=$(date +%s%3N); fi
  for namespace in /run/netns/qrouter-*; do
    found=$(ip -n "\${namespace##*/}" -o -4 addr show up 2>/dev/null)
    case $found in *' qr-'*) : "\${q:=$(date +%s%3N)}" ;; esac
    case $found in *' qg-'*) : "\${g:=$(date +%s%3N)}" ;; esac
  done
  sleep 0.02
done
echo "$d $q $g"`;

const plugEach = `while read -r id mac; do ovs-vsctl add-port br-int "qvo$(echo "$id" | cut -c1-11)" -- set Interface \\
  "qvo$(echo "$id" | cut -c1-11)" type=internal "external_ids:iface-id=$id" "external_ids:attached-mac=\\"$mac\\"" \\
  external_ids:iface-status=active; done\n`;

// An answer from behind the router has crossed one more hop than one of its own.
const watchAnswer = `until ping -c 1 -W 0.1 "$1" | grep -q ttl=63; do sleep 0.01; done; date +%s%3N`;

export interface TenantMeasures {
  /** Each in milliseconds. */
  wire(round: number): Promise<number>;
  plugPort(): Promise<number>;
  floatingIp(round: number): Promise<number>;
  close(): Promise<void>;
}

/** Measures for a tenant that has nothing yet on a cloud where nobody else has. */
export async function createTenantMeasures(
  cloud: RunningCloud,
  tenant: CloudClient,
): Promise<TenantMeasures> {
  const { lab, admin, publicId } = cloud;
  const watch = async (node: string, ...argv: string[]) => {
    const { code, stdout, stderr } = await lab.runInNode(node, argv, { timeoutMs: 60_000 });
    if (code !== 0) throw new Error(`Nothing was seen on ${node} within 60 s (${code}): ${stderr}`);
    return Math.max(...stdout.trim().split(' ').map(Number));
  };
  let standing: Awaited<ReturnType<typeof stand>> | undefined;
  const stand = async () => {
    const network = await makeNetwork(tenant, { name: 'standing', cidr: '10.9.0.0/24' });
    const router = await makeRouter(tenant, { name: 'standing', publicId, subnetIds: [network.subnetId] });
    const place = { name: 'standing', host: 'compute1', network, address: '10.9.0.11' };
    const instance = await waitForInstance(tenant, { ...place, id: await boot(cloud, tenant, place) });
    const terminal = await lab.openTerminal('compute2');
    terminal.write(plugEach);
    await cloud.run('outside', 'sysctl', '-qw', 'net.ipv4.neigh.eth0.retrans_time_ms=100');
    return { network, router, instance, terminal };
  };
  return {
    wire: async (round) => {
      const seen = watch('network', 'sh', '-c', watchWiring);
      seen.catch(() => undefined);
      // the look has begun before the first call
      await new Promise((resolve) => setTimeout(resolve, 300));
      const began = Date.now();
      const { id, subnetId } = await makeNetwork(tenant, { name: 'bench', cidr: `10.50.${round}.0/24` });
      const router = await makeRouter(tenant, { name: 'bench', publicId, subnetIds: [subnetId] });
      const took = (await seen) - began;
      await tenant.send('network', 'PUT', `/v2.0/routers/${router.id}/remove_router_interface`, {
        subnet_id: subnetId,
      });
      await tenant.send('network', 'DELETE', `/v2.0/routers/${router.id}`);
      await tenant.send('network', 'DELETE', `/v2.0/networks/${id}`);
      await until(
        async () => ((await cloud.run('network', 'ls', '/run/netns')).trim() === '' ? true : undefined),
        'the namespaces to go',
      );
      return took;
    },
    plugPort: async () => {
      standing ??= await stand();
      const began = performance.now();
      const { port } = await admin.send<{ port: { id: string; mac_address: string } }>(
        'network',
        'POST',
        '/v2.0/ports',
        {
          port: {
            ...{ network_id: standing.network.id, tenant_id: tenant.projectId, name: 'bench' },
            ...{ device_owner: 'compute:bench', 'binding:host_id': 'compute2' },
          },
        },
      );
      standing.terminal.write(`${port.id} ${port.mac_address}\n`);
      await until(async () => {
        const shown = await admin.send<{ port: { status: string } }>(
          'network',
          'GET',
          `/v2.0/ports/${port.id}`,
        );
        return shown.port.status === 'ACTIVE' ? true : undefined;
      }, 'ACTIVE');
      const took = performance.now() - began;
      await cloud.run('compute2', 'ovs-vsctl', '--if-exists', 'del-port', `qvo${port.id.slice(0, 11)}`);
      await admin.send('network', 'DELETE', `/v2.0/ports/${port.id}`);
      return took;
    },
    floatingIp: async (round) => {
      standing ??= await stand();
      const floating_ip_address = `10.64.201.${230 + round}`;
      const seen = watch('outside', 'sh', '-c', watchAnswer, 'sh', floating_ip_address);
      seen.catch(() => undefined);
      await new Promise((resolve) => setTimeout(resolve, 300));
      const began = Date.now();
      const { floatingip } = await admin.send<{ floatingip: { id: string } }>(
        'network',
        'POST',
        '/v2.0/floatingips',
        {
          floatingip: {
            ...{ floating_network_id: publicId, tenant_id: tenant.projectId, floating_ip_address },
            port_id: standing.instance.portId,
          },
        },
      );
      const took = (await seen) - began;
      await admin.send('network', 'DELETE', `/v2.0/floatingips/${floatingip.id}`);
      return took;
    },
    close: () => Promise.resolve(standing?.terminal.close()),
  };
}
