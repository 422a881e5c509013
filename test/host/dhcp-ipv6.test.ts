// DHCP for IPv6 on a real host, with a real client.
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, vi } from 'vitest';
import { readLeases } from '../../server/host/dnsmasq.ts';
import { run } from '../../server/host/run.ts';
import { dhcpLab, networkId, ns } from '../support/dhcp-lab.ts';
import type { Machine } from '../support/machine.ts';
import { networkSpec, portSpec, subnetSpec, uuid } from '../support/network-specs.ts';

type Mode = 'dhcpv6-stateful' | 'dhcpv6-stateless' | 'slaac';

const mac = 'fa:16:3e:00:00:05';
const vmId = uuid('55555555');

/** A network with IPv6 only: one subnet of a mode, its guest and the agent's port. */
function network(mode: Mode, address: string) {
  const subnet = subnetSpec({
    ...{ id: uuid('66666666'), cidr: 'fd00:1::/64', ip_version: 6, gateway_ip: 'fd00:1::1' },
    ...{ ipv6_address_mode: mode, ipv6_ra_mode: mode },
  });
  const dhcpPort = portSpec({
    ...{ id: uuid('2ee8a943-32'), mac: 'fa:16:3e:f5:a1:63', subnet, address: 'fd00:1::2' },
    device_owner: 'network:dhcp',
  });
  const vm = portSpec({
    ...{ id: vmId, mac, subnet, address },
    extra_dhcp_opts: [{ opt_name: 'domain-search', opt_value: 'port.example', ip_version: 6 }],
  });
  return networkSpec({ id: networkId, subnets: [subnet], ports: [dhcpPort, vm] });
}

/** Starts a client that asks for an address (or only for the rest); what it was told, by dhcp6c's names. */
async function ask(guest: Machine, what: 'address' | 'rest'): Promise<Record<string, string>> {
  const folder = mkdtempSync(join(tmpdir(), 'dhcp6c-'));
  mkdirSync('/var/lib/dhcpv6', { recursive: true });
  const [config, script, told] = ['conf', 'script', 'told'].map((name) => join(folder, name)) as [
    ...[string, string, string],
  ];
  writeFileSync(script, `#!/bin/sh\nenv >${told}.part && mv ${told}.part ${told}\n`, { mode: 0o755 });
  const request = `request domain-name-servers, domain-name; script "${script}";`;
  const send = what === 'address' ? 'send ia-na 0;' : 'information-only;';
  const association = what === 'address' ? 'id-assoc na 0 { };' : '';
  writeFileSync(config, `interface eth0 { ${send} ${request} };\n${association}\n`);
  await guest.run(['dhcp6c', '-c', config, '-p', join(folder, 'pid'), 'eth0']);
  const text = await vi.waitFor(() => readFileSync(told, 'utf8'), { timeout: 30_000, interval: 50 });
  return Object.fromEntries(text.split('\n').map((line) => line.split(/=(.*)/s).slice(0, 2)));
}

const addressesOf = async (guest: Machine) =>
  (await guest.run(['ip', '-6', '-o', 'address', 'show', 'dev', 'eth0', 'scope', 'global'])).stdout;

it('a stateful client gets its address, name server and domains, and loses the lease with its port', async () => {
  await using lab = await dhcpLab();
  const guest = await lab.guest({ ...network('slaac', 'fd00:1::5').ports[1]!, mac_address: mac });
  lab.server.networks.set(networkId, network('dhcpv6-stateful', 'fd00:1::5'));
  await lab.settle();
  expect(await ask(guest, 'address')).toMatchObject({
    new_domain_name_servers: 'fd00:1::2 ',
    new_domain_name: 'port.example. ',
  });
  await vi.waitFor(async () => expect(await addressesOf(guest)).toContain('fd00:1::5/128'), 30_000);
  const leases = () => readLeases(join(lab.folder, 'leases')).map(({ address }) => address);
  expect(leases()).toEqual(['fd00:1::5']);
  expect(await lab.reconciler.verify()).toEqual(new Map());

  lab.server.networks.set(networkId, network('dhcpv6-stateful', 'fd00:1::77'));
  await lab.settle();
  expect(leases()).toEqual([]);
  expect(await lab.reconciler.verify()).toEqual(new Map());
});

it('a stateless client is told the options of its subnet and port, and gets no address', async () => {
  await using lab = await dhcpLab();
  const own = 'fd00:1::f816:3eff:fe00:5';
  const guest = await lab.guest({ ...network('slaac', own).ports[1]!, mac_address: mac });
  lab.server.networks.set(networkId, network('dhcpv6-stateless', own));
  await lab.settle();
  expect(await ask(guest, 'rest')).toMatchObject({
    new_domain_name_servers: 'fd00:1::2 ',
    new_domain_name: 'port.example. ',
  });
  expect(readLeases(join(lab.folder, 'leases'))).toEqual([]);
});

it("the agent's device has its IPv6 address and default route, answers names, and takes no advertisement", async () => {
  await using lab = await dhcpLab();
  const own = 'fd00:1::f816:3eff:fe00:5';
  const guest = await lab.guest({ ...network('slaac', own).ports[1]!, mac_address: mac });
  lab.server.networks.set(networkId, network('slaac', own));
  await lab.settle();
  await guest.run(['ip', 'address', 'add', `${own}/64`, 'dev', 'eth0', 'nodad']);
  expect(await guest.ping('fd00:1::2')).toBe(true);
  const name = `host-${own.replaceAll(':', '-')}.openstacklocal`;
  const answer = await guest.run(['dig', '+short', '@fd00:1::2', 'AAAA', name]);
  expect(answer.stdout).toBe(`${own}\n`);
  const { stdout: routes } = await run(['ip', '-n', ns, '-6', 'route', 'show', 'default']);
  expect(routes).toContain('default via fd00:1::1 dev tap2ee8a943-32 proto static');
  const { stdout: acceptance } = await run([
    ...['ip', 'netns', 'exec', ns, 'sysctl', '-n', 'net/ipv6/conf/tap2ee8a943-32/accept_ra'],
  ]);
  expect(acceptance.trim()).toBe('0');
  expect(await lab.reconciler.verify()).toEqual(new Map());
});
