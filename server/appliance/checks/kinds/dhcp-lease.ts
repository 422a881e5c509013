// Does an instance hold the address that the network's own dnsmasq leased to its port?
import { z } from 'zod';
import type { CheckKind } from '../types.ts';

const schema = z.strictObject({
  /** The instance. */
  server: z.string(),
  /** Its NIC inside. */
  nic: z.string().default('eth0'),
  mac: z.string(),
  address: z.string(),
  /** The node with the DHCP namespace, and the network's id. */
  on: z.string(),
  network: z.string(),
});

export const dhcpLease: CheckKind<z.infer<typeof schema>> = {
  name: 'dhcp-lease',
  schema,
  places: ({ on, server }) => [on, `vm:${server}`],
  run: async ({ exec }, { server, nic, mac, address, on, network }) => {
    const file = `/var/lib/neutron/dhcp/${network}/leases`;
    const read = await exec(on, ['cat', file]);
    const leases = parseLeases(read.stdout);
    const lease = leases.find((one) => one.mac === mac.toLowerCase());
    const expected = `a lease of ${address} for ${mac}, and ${address} on ${nic} of ${server}`;
    if (lease?.address !== address) {
      const observed =
        lease === undefined
          ? `no lease for ${mac} (${leases.length} leases)`
          : `a lease of ${lease.address} for ${mac}`;
      const where = `leases of dnsmasq in qdhcp-${network} on ${on}`;
      const command = { place: on, text: `cat ${file}` };
      const unasked = read.code === 0 ? {} : { unasked: `no dnsmasq serves the network on ${on}` };
      return { verdict: 'failed', observed, expected, where, command, ...unasked };
    }
    const { stdout } = await exec(`vm:${server}`, ['ip', '-4', 'address', 'show', 'dev', nic]);
    const own = [...stdout.matchAll(/inet ([\d.]+)/g)].map((match) => match[1]);
    return {
      verdict: own.includes(address) ? 'passed' : 'failed',
      observed: `${nic} of ${server} has ${own.join(', ') || 'no address'}, dnsmasq leased ${lease.address}`,
      expected,
      where: `instance ${server}`,
      command: { place: `vm:${server}`, text: `ip address show dev ${nic}` },
    };
  },
};

/** Reads dnsmasq's lease file: expiry, MAC, address, name, client id. */
export function parseLeases(text: string): { mac: string; address: string; name: string }[] {
  return text
    .split('\n')
    .map((line) => line.split(' '))
    .filter((words) => words.length >= 4 && /^\d+$/.test(words[0]!))
    .map(([, mac, address, name]) => ({ mac: mac!.toLowerCase(), address: address!, name: name! }));
}
