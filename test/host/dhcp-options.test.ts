// What dnsmasq tells clients, and what changes with and without a new dnsmasq, on a real host.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { createDhcpAgent } from '../../server/cloud/agents/dhcp/main.ts';
import { readLeases } from '../../server/host/dnsmasq.ts';
import { findProcesses } from '../../server/host/process.ts';
import {
  askForLease,
  dhcpLab,
  dhcpPort,
  network,
  networkId,
  other,
  subnet,
  vm,
} from '../support/dhcp-lab.ts';
import { portSpec, subnetSpec, uuid } from '../support/network-specs.ts';
import { testLogger } from '../support/test-logger.ts';

const pidsIn = (folder: string) => findProcesses('dnsmasq', `${folder}/`).map(({ pid }) => pid);

it('new addresses, names, name servers, routes and options reach clients without a new dnsmasq', async () => {
  await using lab = await dhcpLab();
  const guest = await lab.guest(vm);
  lab.server.networks.set(networkId, network);
  await lab.settle();
  const before = pidsIn(lab.folder);
  expect(await askForLease(guest)).toMatchObject({ ip: '192.168.101.102' });

  const moved = {
    ...vm,
    fixed_ips: [{ subnet_id: subnet.id, ip_address: '192.168.101.55' }],
    extra_dhcp_opts: [
      { opt_name: 'bootfile-name', opt_value: 'pxelinux.0' },
      { opt_name: '42', opt_value: '10.0.0.123' },
    ],
  };
  const changed = {
    ...subnet,
    dns_nameservers: ['8.8.8.8', '8.8.4.4'],
    host_routes: [{ destination: '10.9.0.0/16', nexthop: '192.168.101.9' }],
  };
  lab.server.networks.set(networkId, { ...network, subnets: [changed], ports: [dhcpPort, moved, other] });
  await lab.settle();
  expect(await askForLease(guest, ['-O', '42', '-O', 'bootfile'])).toMatchObject({
    ...{ ip: '192.168.101.55', dns: '8.8.8.8 8.8.4.4', bootfile: 'pxelinux.0', ntpsrv: '10.0.0.123' },
    staticroutes: '10.9.0.0/16 192.168.101.9 169.254.169.254/32 192.168.101.1 0.0.0.0/0 192.168.101.1',
  });
  await guest.run(['ip', 'address', 'add', '192.168.101.55/24', 'dev', 'eth0']);
  const name = await guest.run(['dig', '+short', '@192.168.101.2', 'host-192-168-101-55.openstacklocal']);
  expect(name.stdout).toBe('192.168.101.55\n');
  expect(readLeases(join(lab.folder, 'leases')).map(({ address }) => address)).toEqual(['192.168.101.55']);
  expect(pidsIn(lab.folder)).toEqual(before);
  expect(await lab.reconciler.verify()).toEqual(new Map());
});

it('a second subnet starts a new dnsmasq, which knows the leases of the old one', async () => {
  await using lab = await dhcpLab();
  const guest = await lab.guest(vm);
  lab.server.networks.set(networkId, network);
  await lab.settle();
  const before = pidsIn(lab.folder);
  await askForLease(guest);

  const second = subnetSpec({ id: uuid('22222222'), cidr: '10.2.0.0/24' });
  const wide = {
    ...dhcpPort,
    fixed_ips: [...dhcpPort.fixed_ips, { subnet_id: second.id, ip_address: '10.2.0.2' }],
  };
  const there = portSpec({ id: uuid('33'), mac: 'fa:16:3e:00:00:33', subnet: second, address: '10.2.0.33' });
  const two = { ...network, subnets: [subnet, second], ports: [wide, vm, other, there], dhcp_port: wide };
  lab.server.networks.set(networkId, two);
  await lab.settle();
  expect(pidsIn(lab.folder)).toHaveLength(1);
  expect(pidsIn(lab.folder)).not.toEqual(before);
  expect(readLeases(join(lab.folder, 'leases'))).toMatchObject([{ address: '192.168.101.102' }]);
  const newcomer = await lab.guest(there, 'vm2');
  expect(await askForLease(newcomer)).toMatchObject({ ip: '10.2.0.33', serverid: '10.2.0.2' });
  expect(await lab.reconciler.verify()).toEqual(new Map());
});

it('a network whose subnets are without DHCP is left alone, and served when that changes', async () => {
  await using lab = await dhcpLab();
  const guest = await lab.guest(vm);
  lab.server.networks.set(networkId, { ...network, subnets: [{ ...subnet, enable_dhcp: false }] });
  await lab.settle();
  expect(pidsIn(lab.folder)).toEqual([]);
  lab.server.networks.set(networkId, network);
  await lab.settle();
  expect(await askForLease(guest)).toMatchObject({ ip: '192.168.101.102' });
});

it("the agent's own options count: endless leases, its domain, further settings, MTU", async () => {
  const file = '/tmp/dnsmasq-more.conf';
  writeFileSync(file, 'dhcp-option-force=option:ntp-server,10.0.0.42\n');
  await using lab = await dhcpLab({
    ...{ dhcp_lease_duration: '-1', dns_domain: 'lab.example', dnsmasq_config_file: file },
  });
  const guest = await lab.guest(vm);
  lab.server.networks.set(networkId, { ...network, mtu: 1450 });
  await lab.settle();
  expect(await askForLease(guest)).toMatchObject({
    ...{ lease: '4294967295', domain: 'lab.example', ntpsrv: '10.0.0.42', mtu: '1450' },
  });
});

it('with the name server 0.0.0.0 clients are told of none', async () => {
  await using lab = await dhcpLab();
  const guest = await lab.guest(vm);
  lab.server.networks.set(networkId, {
    ...network,
    subnets: [{ ...subnet, dns_nameservers: ['0.0.0.0'] }],
  });
  await lab.settle();
  const lease = await askForLease(guest);
  expect(lease).toMatchObject({ ip: '192.168.101.102' });
  expect(lease).not.toHaveProperty('dns');
});

it('of two agents on one network each answers, with the same address, and both are name servers', async () => {
  await using lab = await dhcpLab();
  const guest = await lab.guest(vm);
  const second = portSpec({
    ...{ id: uuid('2ee8a944-44'), mac: 'fa:16:3e:f5:a1:64', subnet, address: '192.168.101.3' },
    device_owner: 'network:dhcp',
  });
  const both = { ...network, ports: [dhcpPort, second, vm] };
  lab.server.networks.set(networkId, both);
  await lab.settle();
  const dns = '192.168.101.2 192.168.101.3';
  expect(await askForLease(guest)).toMatchObject({ ip: '192.168.101.102', serverid: '192.168.101.2', dns });

  // The host of the first is gone: the same state with the other port, as a second host has it.
  lab.server.networks.set(networkId, { ...both, dhcp_port: second });
  const elsewhere = createDhcpAgent(lab.config, lab.server.rpc, testLogger).reconciler;
  await elsewhere.resync();
  await elsewhere.settle();
  expect(await askForLease(guest)).toMatchObject({ ip: '192.168.101.102', serverid: '192.168.101.3', dns });
});
