// Several routers and external networks of one host: gateways by the rules of their network, floating IPs that move.
import { expect, it } from 'vitest';
import { createL3Agent } from '../../server/cloud/agents/l3/main.ts';
import type { RouterSpec } from '../../server/cloud/model/specs.ts';
import { readOvsPorts } from '../../server/host/ovs-ports.ts';
import { setCommand, vsctl } from '../../server/host/ovs-vsctl.ts';
import { run } from '../../server/host/run.ts';
import { portSpec, routerPortSpec, routerSpec, subnetSpec, uuid } from '../support/network-specs.ts';
import {
  floatingIp,
  gateway,
  ns,
  public01,
  router,
  routerId,
  routerLab,
  qr1,
  qr2,
  tagPorts,
} from '../support/router-lab.ts';
import { testLogger } from '../support/test-logger.ts';

const secondId = uuid('5ec0d000');
const secondGateway = routerPortSpec(
  portSpec({
    ...{ id: uuid('60000002-5a'), mac: 'fa:16:3e:00:00:92', subnet: public01 },
    address: '10.64.201.92',
  }),
  [public01],
);
/** Each network has a router of its own. */
const first = { ...router, interfaces: [qr1] };
const second = routerSpec({
  ...{ id: secondId, external_network_id: uuid('f1c765a4') },
  ...{ gw_port: secondGateway, interfaces: [qr2] },
});
type Lab = Awaited<ReturnType<typeof routerLab>>;

async function wantBoth(lab: Lab, one: RouterSpec, two: RouterSpec): Promise<void> {
  lab.server.routers.set(routerId, structuredClone(one));
  lab.server.routers.set(secondId, structuredClone(two));
  await lab.reconciler.resync();
  await lab.reconciler.settle();
  await tagPorts();
}

const neighbour = async (lab: Lab) =>
  (await lab.outside.run(['ip', 'neigh', 'show', '10.64.201.72'])).stdout.trim();

it('a floating IP that moves between routers is found at its new place at once', async () => {
  await using lab = await routerLab();
  const here = floatingIp('192.168.101.102');
  const there = floatingIp('192.168.102.99');
  await wantBoth(lab, { ...first, floatingips: [here] }, second);
  expect(await lab.outside.ping('10.64.201.72')).toBe(true);
  expect(await neighbour(lab)).toContain(gateway.mac_address);
  await wantBoth(lab, first, { ...second, floatingips: [there] });
  await expect.poll(() => neighbour(lab), { timeout: 30_000 }).toContain(secondGateway.mac_address);
  expect(await lab.outside.ping('10.64.201.72')).toBe(true);
  await wantBoth(lab, { ...first, floatingips: [here] }, second);
  await expect.poll(() => neighbour(lab), { timeout: 30_000 }).toContain(gateway.mac_address);
  expect(await lab.outside.ping('10.64.201.72')).toBe(true);
  expect(await lab.reconciler.verify()).toEqual(new Map());
});

it('a floating IP that moves between instances takes its connections along to nobody', async () => {
  await using lab = await routerLab();
  await lab.want({ ...router, floatingips: [floatingIp('192.168.101.102')] });
  const pinging = lab.outside.run(['ping', '-c', '20', '-i', '0.1', '-W', '1', '10.64.201.72']);
  await lab.want({ ...router, floatingips: [floatingIp('192.168.102.99')] });
  await pinging;
  const before = (await lab.vm1.run(['cat', '/proc/net/snmp'])).stdout;
  expect(await lab.outside.ping('10.64.201.72')).toBe(true);
  expect((await lab.vm1.run(['cat', '/proc/net/snmp'])).stdout).toBe(before);
});

it('without an external bridge the gateways of several networks are ports like all others', async () => {
  await using lab = await routerLab({ external_network_bridge: '' });
  const public02 = subnetSpec({ id: uuid('5c1bf0a4'), cidr: '10.65.0.0/24', gateway_ip: '10.65.0.254' });
  const other = routerPortSpec(
    portSpec({ id: uuid('60000003-5a'), mac: 'fa:16:3e:00:00:93', subnet: public02, address: '10.65.0.93' }),
    [public02],
  );
  await wantBoth(lab, first, { ...second, external_network_id: uuid('f2'), gw_port: other });
  const ports = await readOvsPorts();
  expect(ports.get('qg-49a845ca-5a')?.bridge).toBe('br-int');
  expect(ports.get('qg-60000003-5a')?.bridge).toBe('br-int');
  // what the L2 agent does by the rules of the network
  await vsctl([
    ['--if-exists', 'del-port', 'br-ex', lab.outside.device],
    ['add-port', 'br-int', lab.outside.device, 'tag=7'],
    setCommand('Port', 'qg-49a845ca-5a', { tag: 7 }),
    setCommand('Port', 'qg-60000003-5a', { tag: 7 }),
  ]);
  await lab.outside.run(['ip', 'address', 'add', '10.65.0.254/24', 'dev', 'eth0']);
  expect(await lab.vm1.ping('10.64.201.254')).toBe(true);
  expect(await lab.vm2.ping('10.65.0.254')).toBe(true);
  expect(lab.server.calls('update_device_list')).toEqual([]);
  expect(await lab.reconciler.verify()).toEqual(new Map());
});

it('floating IPs of another subnet of the external network are reached over the link', async () => {
  await using lab = await routerLab();
  const more = subnetSpec({ id: uuid('5c1bf0a5'), cidr: '10.66.0.0/24', gateway_ip: '10.66.0.254' });
  await lab.outside.run(['ip', 'address', 'add', '10.66.0.254/24', 'dev', 'eth0']);
  await lab.want({
    ...router,
    gw_port: { ...gateway, extra_subnets: [more] },
    floatingips: [{ ...floatingIp('192.168.101.102'), floating_ip_address: '10.66.0.72' }],
  });
  const { stdout } = await run(['ip', '-n', ns, 'route', 'show', '10.66.0.0/24']);
  expect(stdout).toContain('dev qg-49a845ca-5a proto static scope link');
  const ping = await lab.outside.run(['ping', '-c', '2', '-I', '10.66.0.254', '10.66.0.72']);
  expect(ping.code).toBe(0);
});

it('an agent of one external network serves no router of another', async () => {
  await using lab = await routerLab({
    gateway_external_network_id: uuid('f2000000'),
    handle_internal_only_routers: 'False',
  });
  await wantBoth(lab, first, { ...second, external_network_id: uuid('f2000000') });
  expect([...(await readOvsPorts()).keys()].filter((name) => name.startsWith('qg-'))).toEqual([
    'qg-60000002-5a',
  ]);
  const anyNetwork = createL3Agent(
    { ...lab.config, gateway_external_network_id: uuid('f1c765a4') },
    lab.server.rpc,
    testLogger,
  );
  await anyNetwork.reconciler.resync();
  await anyNetwork.reconciler.settle();
  expect((await readOvsPorts()).has('qg-49a845ca-5a')).toBe(true);
});
