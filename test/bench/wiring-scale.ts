// Many things at once: 50 networks with DHCP and 10 routers; how long until they are up, and until a restarted agent is.
import type { RunningCloud } from '../support/cloud/running-cloud.ts';
import { makeNetwork, makeRouter } from '../support/cloud/topology.ts';
import { until, type CloudClient } from './cloud-admin.ts';

const networks = 50;
const perRouter = 5;

// Prints when $1 dnsmasq run and $1 qr- devices have their address, in ms since 1970.
const watchAll = `d= q=
while [ -z "$d" ] || [ -z "$q" ]; do
  [ -n "$d" ] || [ "$(pgrep -c '^dnsmasq')" -lt "$1" ] || d=$(date +%s%3N)
  if [ -z "$q" ]; then
    count=$(for namespace in /run/netns/qrouter-*; do ip -n "\${namespace##*/}" -o -4 addr show up 2>/dev/null; done | grep -c ' qr-')
    [ "$count" -lt "$1" ] || q=$(date +%s%3N)
  fi
  sleep 0.25
done
echo "$d $q"`;

/** Makes them one call after the other, as the peer was driven. */
export async function measureScale(
  { lab, publicId }: RunningCloud,
  tenant: CloudClient,
): Promise<{ callsSeconds: number; upSeconds: number }> {
  const began = Date.now();
  const seen = lab.runInNode('network', ['sh', '-c', watchAll, 'sh', String(networks)], {
    timeoutMs: 300_000,
  });
  seen.catch(() => undefined);
  const subnetIds: string[] = [];
  for (let index = 0; index < networks; index++)
    subnetIds.push(
      (await makeNetwork(tenant, { name: `sc-${index}`, cidr: `10.70.${index}.0/24` })).subnetId,
    );
  for (let index = 0; index < networks; index += perRouter)
    await makeRouter(tenant, {
      ...{ name: `sc-${index}`, publicId, subnetIds: subnetIds.slice(index, index + perRouter) },
    });
  const callsSeconds = (Date.now() - began) / 1000;
  let lastMissing = -1;
  await until(
    async () => {
      const owners = ['network:dhcp', 'network:router_interface'].map((owner) => `device_owner=${owner}`);
      const { ports } = await tenant.send<{ ports: { status: string }[] }>(
        'network',
        'GET',
        `/v2.0/ports?${owners.join('&')}&fields=status&tenant_id=${tenant.projectId}`,
      );
      lastMissing = 2 * networks - ports.filter(({ status }) => status === 'ACTIVE').length;
      if (lastMissing <= 0) return true;
      await new Promise((resolve) => setTimeout(resolve, 250));
      return undefined;
    },
    () => `all ports to be ACTIVE (${lastMissing} are not)`,
    300_000,
  );
  const activeAt = Date.now();
  const { code, stdout } = await seen;
  if (code !== 0) throw new Error('Not everything came up within 300 s');
  const upAt = Math.max(activeAt, ...stdout.trim().split(' ').map(Number));
  return { callsSeconds, upSeconds: (upAt - began) / 1000 };
}

const restart = `log=/var/log/neutron/$1.log
before=$(wc -c <"$log")
sv -w 30 stop "/etc/service/$1" >&2 || exit 1
began=$(date +%s%3N)
sv start "/etc/service/$1" >&2
until tail -c "+$((before + 1))" "$log" | grep -q 'Everything is in step'; do sleep 0.05; done
echo $(($(date +%s%3N) - began))`;

/** Seconds from the start of a stopped agent until it says that its first full pass is over. */
export async function measureRestart({ lab }: RunningCloud, service: string): Promise<number> {
  const argv = ['sh', '-c', restart, 'sh', service];
  const { code, stdout, stderr } = await lab.runInNode('network', argv, { timeoutMs: 300_000 });
  if (code !== 0) throw new Error(`${service} was not in step within 300 s: ${stderr}`);
  return Number(stdout) / 1000;
}

/** MiB of all Networking agents of the network node. */
export async function measureMemory({ run }: RunningCloud): Promise<number> {
  const read = `for pid in $(pgrep -f 'main.js neutron-[a-z0-9]*-agent'); do cat "/proc/$pid/smaps_rollup"; done`;
  const text = await run('network', 'sh', '-c', read);
  const sizes = [...text.matchAll(/^Pss:\s+(\d+) kB$/gm)].map(([, kilobytes]) => Number(kilobytes));
  return sizes.reduce((sum, size) => sum + size, 0) / 1024;
}
