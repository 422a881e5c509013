// The L3 agent on a real host: two tenant networks and the world outside, joined by one router.
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it, vi } from 'vitest';
import { createL3Agent } from '../../server/cloud/agents/l3/main.ts';
import { startMetadataAgent } from '../../server/cloud/agents/metadata/main.ts';
import { signInstanceId } from '../../server/cloud/agents/metadata/forward.ts';
import { metadataOptions } from '../../server/cloud/model/options/metadata.ts';
import { ensureNetns, inNetns, listNetns, removeNetns } from '../../server/host/netns.ts';
import { readOvsPorts } from '../../server/host/ovs-ports.ts';
import { ensurePortCommands, vsctl } from '../../server/host/ovs-vsctl.ts';
import { findProcesses } from '../../server/host/process.ts';
import { run } from '../../server/host/run.ts';
import { agentConfig } from '../support/agent-config.ts';
import { agentServer } from '../support/agent-server.ts';
import type { Machine } from '../support/machine.ts';
import { portSpec, uuid } from '../support/network-specs.ts';
import {
  addressSeen,
  floatingIp,
  gateway,
  net01,
  ns,
  qr1,
  router,
  routerId,
  routerLab,
  tagPorts,
} from '../support/router-lab.ts';
import { testLogger } from '../support/test-logger.ts';

it('two networks reach each other and the world sees the router', async () => {
  await using lab = await routerLab();
  expect(await lab.vm1.ping('192.168.102.99')).toBe(false);
  await lab.want(router);
  expect(await lab.vm1.ping('192.168.102.99')).toBe(true);
  expect(await lab.vm1.ping('10.64.201.254')).toBe(true);
  expect(await addressSeen(lab.vm1, lab.outside, '10.64.201.254')).toBe('10.64.201.91');
  expect(lab.server.calls('update_device_list')).toMatchObject([{ devices_up: [gateway.id] }]);
  expect(await lab.reconciler.verify()).toEqual(new Map());
});

it('the namespace looks as the guide says', async () => {
  await using lab = await routerLab();
  await lab.want({ ...router, floatingips: [floatingIp('192.168.101.102')] });
  const { stdout: addresses } = await run([
    'ip',
    '-n',
    ns,
    '-o',
    '-4',
    'address',
    'show',
    'dev',
    'qg-49a845ca-5a',
  ]);
  expect(addresses).toContain('inet 10.64.201.91/24 brd 10.64.201.255 scope global');
  expect(addresses).toContain('inet 10.64.201.72/32 brd 10.64.201.72 scope global');
  const { stdout: route } = await run(['ip', '-n', ns, 'route', 'show', 'default']);
  expect(route.trim()).toBe('default via 10.64.201.254 dev qg-49a845ca-5a proto static');
  const ports = await readOvsPorts();
  expect(ports.get('qg-49a845ca-5a')).toMatchObject({ bridge: 'br-ex', type: 'internal' });
  expect(ports.get('qr-a5ad5119-1c')).toMatchObject({
    bridge: 'br-int',
    externalIds: { 'iface-id': qr1.id, 'attached-mac': qr1.mac_address, 'iface-status': 'active' },
  });
  const { stdout: settings } = await run(
    inNetns(ns, [
      'sysctl',
      '-n',
      ...['ip_forward', 'conf.all.arp_ignore', 'conf.all.arp_announce'].map((key) => `net.ipv4.${key}`),
    ]),
  );
  expect(settings).toBe('1\n1\n2\n');
});

it('a floating IP leads in and out, and is gone at once when it is taken away', async () => {
  await using lab = await routerLab();
  await lab.want(router);
  expect(await lab.outside.ping('10.64.201.72')).toBe(false);
  await lab.want({ ...router, floatingips: [floatingIp('192.168.101.102')] });
  expect(await lab.outside.ping('10.64.201.72')).toBe(true);
  expect(await addressSeen(lab.vm1, lab.outside, '10.64.201.254')).toBe('10.64.201.72');
  expect(await addressSeen(lab.outside, lab.vm1, '10.64.201.72')).toBe('10.64.201.254');
  expect(lab.server.calls('update_floatingip_statuses')).toMatchObject([
    { router_id: routerId, fip_statuses: { [uuid('49b15282')]: 'ACTIVE' } },
  ]);
  expect(await lab.reconciler.verify()).toEqual(new Map());

  // A ping under way keeps its connection: only forgetting it ends the translation.
  const pinging = lab.outside.run(['ping', '-c', '30', '-i', '0.1', '-W', '1', '10.64.201.72']);
  await lab.want(router);
  expect((await pinging).stdout).toMatch(/[1-9]\d*% packet loss/);
  expect(await lab.outside.ping('10.64.201.72')).toBe(false);
  const { stdout } = await run(inNetns(ns, ['conntrack', '-L', '-f', 'ipv4', '--orig-dst', '10.64.201.72']));
  expect(stdout).not.toContain('192.168.101.102');
});

it('without source NAT the world sees the instance, and a router that is down forwards nothing', async () => {
  await using lab = await routerLab();
  await lab.want({ ...router, enable_snat: false });
  await lab.outside.run(['ip', 'route', 'add', '192.168.101.0/24', 'via', '10.64.201.91']);
  expect(await addressSeen(lab.vm1, lab.outside, '10.64.201.254')).toBe('192.168.101.102');

  await lab.want({ ...router, admin_state_up: false });
  expect(await lab.vm1.ping('192.168.102.99')).toBe(false);
  await lab.want(router);
  expect(await lab.vm1.ping('192.168.102.99')).toBe(true);
});

it('extra routes lead where they say', async () => {
  await using lab = await routerLab();
  await lab.vm2.run(['ip', 'address', 'add', '172.16.0.1/32', 'dev', 'lo']);
  await lab.want({ ...router, routes: [{ destination: '172.16.0.0/24', nexthop: '192.168.102.99' }] });
  expect(await lab.vm1.ping('172.16.0.1')).toBe(true);
  await lab.want(router);
  expect(await lab.vm1.ping('172.16.0.1')).toBe(false);
});

it('metadata reaches Compute with the name of the instance, and none but it', async () => {
  await using lab = await routerLab();
  const seen: { url: string | undefined; headers: IncomingHttpHeaders }[] = [];
  const nova = createServer((request, response) => {
    seen.push({ url: request.url, headers: request.headers });
    response.end('vm1\n');
  });
  await new Promise<void>((resolve) => nova.listen(0, '127.0.0.1', resolve));
  const ports = [
    {
      ...qr1,
      device_id: routerId,
      device_owner: 'network:router_interface',
      network_id: 'n1',
      tenant_id: 't1',
    },
    {
      ...portSpec({ id: 'p', mac: '', subnet: net01, address: '192.168.101.102' }),
      ...{ device_id: uuid('77777777'), network_id: 'n1', tenant_id: 't1' },
    },
  ];
  const server = agentServer({
    get_ports: ({ filters }) =>
      ports.filter((port) =>
        Object.entries(filters as Record<string, string[]>).every(
          ([key, values]) => key === 'fixed_ips' || values.includes(port[key as 'device_id']),
        ),
      ),
  });
  const config = agentConfig(metadataOptions, {
    ...{ metadata_proxy_shared_secret: 'shared', metadata_proxy_socket: lab.config.metadata_proxy_socket },
    nova_metadata_port: String((nova.address() as AddressInfo).port),
  });
  const stop = await startMetadataAgent(config, server.rpc, testLogger);
  try {
    await lab.want(router);
    const ask = (from: Machine) =>
      from.run([
        'curl',
        '-s',
        '-m',
        '5',
        '-H',
        'X-Instance-ID: forged',
        'http://169.254.169.254/latest/meta-data/hostname',
      ]);
    expect((await ask(lab.vm1)).stdout).toBe('vm1\n');
    expect(seen).toMatchObject([
      {
        url: '/latest/meta-data/hostname',
        headers: {
          'x-forwarded-for': '192.168.101.102',
          'x-instance-id': uuid('77777777'),
          'x-tenant-id': 't1',
          'x-instance-id-signature': signInstanceId('shared', uuid('77777777')),
        },
      },
    ]);
    expect((await ask(lab.vm2)).stdout).toContain('<h1>404 Not Found</h1>');
    // The proxy's own port is not open to anybody.
    const direct = await lab.vm1.run(['curl', '-s', '-m', '1', 'http://192.168.101.1:9697/']);
    expect(direct.code).not.toBe(0);
  } finally {
    await stop();
    nova.close();
  }
});

const damages: [string, () => Promise<unknown>][] = [
  ['the namespace is deleted', () => removeNetns(ns)],
  ['an internal port is taken out of the switch', () => vsctl([['del-port', 'br-int', 'qr-a5ad5119-1c']])],
  ['the gateway port is taken out of the switch', () => vsctl([['del-port', 'br-ex', 'qg-49a845ca-5a']])],
  ['the firewall is flushed', () => run(inNetns(ns, ['iptables', '-t', 'nat', '-F']))],
  ['the default route is removed', () => run(['ip', '-n', ns, 'route', 'delete', 'default'])],
  ['an interface is set down', () => run(['ip', '-n', ns, 'link', 'set', 'qg-49a845ca-5a', 'down'])],
  ['forwarding is switched off', () => run(inNetns(ns, ['sysctl', '-w', 'net.ipv4.ip_forward=0']))],
  [
    'the metadata proxy is killed',
    async () => process.kill(findProcesses('haproxy', routerId)[0]!.pid, 'SIGKILL'),
  ],
];

it.each(damages)('repairs itself when %s, without being asked', async (_, damage) => {
  await using lab = await routerLab();
  lab.server.routers.set(
    routerId,
    structuredClone({ ...router, floatingips: [floatingIp('192.168.101.102')] }),
  );
  await lab.agent.start();
  try {
    await vi.waitFor(() => expect(lab.server.calls('update_device_list')).toHaveLength(1), 30_000);
    await damage();
    await expect.poll(() => lab.reconciler.verify(), { timeout: 30_000, interval: 100 }).toEqual(new Map());
    await tagPorts();
    expect(await lab.outside.ping('10.64.201.72')).toBe(true);
    expect(await lab.vm1.ping('192.168.102.99')).toBe(true);
  } finally {
    await lab.agent.stop();
  }
});

it('repairs itself while the server is away too', async () => {
  await using lab = await routerLab();
  lab.server.routers.set(routerId, structuredClone(router));
  await lab.agent.start();
  try {
    await vi.waitFor(() => expect(lab.server.calls('update_device_list')).toHaveLength(1), 30_000);
    lab.server.isAway = true;
    await removeNetns(ns);
    await expect
      .poll(async () => (await tagPorts(), lab.vm1.ping('192.168.102.99')), { timeout: 30_000 })
      .toBe(true);
  } finally {
    lab.server.isAway = false;
    await lab.agent.stop();
  }
});

it('a restart of the agent loses no ping', async () => {
  await using lab = await routerLab();
  await lab.want({ ...router, floatingips: [floatingIp('192.168.101.102')] });
  const pinging = lab.outside.run(['ping', '-c', '40', '-i', '0.05', '-W', '1', '10.64.201.72']);
  const next = createL3Agent(lab.config, lab.server.rpc, testLogger);
  await next.start();
  await next.reconciler.settle();
  await next.stop();
  expect((await pinging).stdout).toContain(' 0% packet loss');
});

it('after a restart of the switch, whose devices are lost with it, the router works again', async () => {
  await using lab = await routerLab();
  lab.server.routers.set(
    routerId,
    structuredClone({ ...router, floatingips: [floatingIp('192.168.101.102')] }),
  );
  await lab.agent.start();
  try {
    await vi.waitFor(() => expect(lab.server.calls('update_device_list')).toHaveLength(1), 30_000);
    await lab.openVswitch.restartSwitch();
    await expect.poll(() => lab.reconciler.verify(), { interval: 100 }).toEqual(new Map());
    await tagPorts();
    expect(await lab.outside.ping('10.64.201.72')).toBe(true);
  } finally {
    await lab.agent.stop();
  }
});

it('ports whose namespace and router went while nobody looked are removed, others stay', async () => {
  await using lab = await routerLab();
  await lab.want(router);
  await removeNetns(ns);
  await vsctl(ensurePortCommands('br-int', 'qr-mine', { type: 'internal' }));
  lab.server.routers.clear();
  const next = createL3Agent(lab.config, lab.server.rpc, testLogger);
  await next.start();
  try {
    const left = async () => [...(await readOvsPorts()).keys()].filter((name) => /^q[rg]-/.test(name));
    await expect.poll(left, { timeout: 30_000 }).toEqual(['qr-mine']);
    await next.reconciler.settle();
    expect(findProcesses('haproxy', routerId)).toEqual([]);
  } finally {
    await next.stop();
  }
});

it('a router that is gone leaves nothing, and what was not made by the agent stays', async () => {
  await using lab = await routerLab();
  await ensureNetns('qrouter-mine');
  await lab.want({ ...router, floatingips: [floatingIp('192.168.101.102')] });
  lab.server.routers.clear();
  await lab.reconciler.resync();
  await lab.reconciler.settle();
  expect(await listNetns()).toEqual(['outside', 'qrouter-mine', 'vm1', 'vm2']);
  expect([...(await readOvsPorts()).keys()].filter((name) => /^q[rg]-/.test(name))).toEqual([]);
  expect(findProcesses('haproxy', routerId)).toEqual([]);
  await removeNetns('qrouter-mine');
});
