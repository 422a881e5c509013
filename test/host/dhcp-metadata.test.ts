// Metadata of networks that no router serves: from the instance through the proxy and the agent to Compute and back.
import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it, vi } from 'vitest';
import { startMetadataAgent } from '../../server/cloud/agents/metadata/main.ts';
import { metadataOptions } from '../../server/cloud/model/options/metadata.ts';
import type { PortSpec } from '../../server/cloud/model/specs.ts';
import { findProcesses } from '../../server/host/process.ts';
import { agentConfig } from '../support/agent-config.ts';
import { dhcpLab, isolated, networkId, setVlanTag, subnet, vm, type DhcpLab } from '../support/dhcp-lab.ts';
import type { Machine } from '../support/machine.ts';
import { networkSpec, portSpec, uuid } from '../support/network-specs.ts';
import { testLogger } from '../support/test-logger.ts';

const address = '192.168.101.102';
const mine = { ...vm, device_id: 'server-of-one' };
const theirs = { ...vm, id: uuid('dc5146c7'), mac_address: 'fa:16:3e:15:f8:47', device_id: 'server-of-two' };
const theirDhcpPort = portSpec({
  ...{ id: uuid('2ee8a944-44'), mac: 'fa:16:3e:f5:a1:64', subnet, address: '192.168.101.2' },
  device_owner: 'network:dhcp',
});
/** Two tenants with the same addresses. */
const one = networkSpec({
  ...{ id: networkId, subnets: [subnet], ports: [isolated.dhcp_port!, mine] },
  isolated_subnet_ids: [subnet.id],
});
const two = networkSpec({
  ...{ id: uuid('a04544a7'), subnets: [subnet], ports: [theirDhcpPort, theirs] },
  isolated_subnet_ids: [subnet.id],
});

/** Compute's metadata service: tells the instance's id to whom signs with its secret. */
async function compute(secret: string) {
  const server = createServer(({ headers }, response) => {
    const id = String(headers['x-instance-id']);
    const isSigned =
      headers['x-instance-id-signature'] === createHmac('sha256', secret).update(id).digest('hex');
    response.writeHead(isSigned ? 200 : 403).end(isSigned ? id : 'Invalid proxy request signature.');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Starts the metadata agent that the lab's proxies talk to. */
function metadataAgent(lab: DhcpLab, port: number, secret = 'right'): Promise<() => Promise<void>> {
  const config = agentConfig(metadataOptions, {
    ...{ metadata_proxy_socket: lab.config.metadata_proxy_socket, nova_metadata_ip: '127.0.0.1' },
    ...{ nova_metadata_port: String(port), metadata_proxy_shared_secret: secret },
  });
  const isMeant = (spec: PortSpec, { network_id, fixed_ips }: Record<string, unknown>) =>
    (network_id as string[]).includes(spec.network_id) &&
    spec.fixed_ips.some(({ ip_address }) =>
      (fixed_ips as { ip_address: string[] }).ip_address.includes(ip_address),
    );
  const call = async (_topic: string, method: string, args: object): Promise<unknown> => {
    if (method !== 'get_ports') return 'alive';
    const { filters } = args as { filters: Record<string, unknown> };
    return [...lab.server.networks.values()]
      .flatMap(({ ports }) => ports)
      .filter((spec) => isMeant(spec, filters))
      .map((spec) => ({ ...spec, tenant_id: '' }));
  };
  const rpc = { call, onConnect: () => undefined } as unknown as Parameters<typeof startMetadataAgent>[1];
  return startMetadataAgent(config, rpc, testLogger);
}

/** A lab with both networks served; a guest of each, set up as their leases tell. */
async function twoTenants() {
  const lab = await dhcpLab();
  const guests = [await lab.guest(mine), await lab.guest(theirs, 'vm2')] as const;
  lab.server.networks.set(one.id, one);
  lab.server.networks.set(two.id, two);
  await lab.settle();
  await setVlanTag(['tap2ee8a943-32', guests[0].device], 1);
  await setVlanTag(['tap2ee8a944-44', guests[1].device], 2);
  for (const guest of guests) {
    await guest.run(['ip', 'address', 'add', `${address}/24`, 'dev', 'eth0']);
    await guest.run(['ip', 'route', 'add', '169.254.169.254/32', 'via', '192.168.101.2']);
  }
  return { lab, guests };
}

const ask = async (guest: Machine): Promise<string> => {
  const words = [
    '-s',
    '-m',
    '10',
    '-w',
    ' %{http_code}',
    'http://169.254.169.254/latest/meta-data/instance-id',
  ];
  return (await guest.run(['curl', ...words])).stdout.replace(/<html>.*<\/html>/s, '').trim();
};

it('two tenants with the same addresses get their own answers, also many at once', async () => {
  await using nova = await compute('right');
  const { lab, guests } = await twoTenants();
  await using _lab = lab;
  const stop = await metadataAgent(lab, nova.port);
  try {
    expect(await ask(guests[0])).toBe('server-of-one 200');
    expect(await ask(guests[1])).toBe('server-of-two 200');
    const answers = await Promise.all(
      Array.from({ length: 60 }, (_, index) => ask(guests[index % 2 === 0 ? 0 : 1])),
    );
    const expected = ['server-of-one 200', 'server-of-two 200'];
    expect(answers).toEqual(answers.map((_, index) => expected[index % 2]));
  } finally {
    await stop();
  }
});

it('a request waits out no restart of the agent, and a killed proxy is replaced', async () => {
  await using nova = await compute('right');
  const { lab, guests } = await twoTenants();
  await using _lab = lab;
  let stop = await metadataAgent(lab, nova.port);
  await stop();
  expect(await ask(guests[0])).toMatch(/503$/);
  stop = await metadataAgent(lab, nova.port);
  await lab.agent.start();
  try {
    expect(await ask(guests[0])).toBe('server-of-one 200');
    const [proxy] = findProcesses('haproxy', networkId);
    await vi.waitFor(() => expect(lab.server.calls('dhcp_ready_on_ports').length).toBeGreaterThan(0), 30_000);
    process.kill(proxy!.pid, 'SIGKILL');
    await vi.waitFor(async () => expect(await ask(guests[0])).toBe('server-of-one 200'), {
      timeout: 30_000,
      interval: 200,
    });
  } finally {
    await lab.agent.stop();
    await stop();
  }
});

it('with another secret than that of Compute instances are refused, strangers are not found', async () => {
  await using nova = await compute('right');
  const { lab, guests } = await twoTenants();
  await using _lab = lab;
  const stop = await metadataAgent(lab, nova.port, 'wrong');
  try {
    expect(await ask(guests[0])).toMatch(/403$/);
    await guests[1].run(['ip', 'address', 'delete', `${address}/24`, 'dev', 'eth0']);
    await guests[1].run(['ip', 'address', 'add', '192.168.101.99/24', 'dev', 'eth0']);
    await guests[1].run(['ip', 'route', 'replace', '169.254.169.254/32', 'via', '192.168.101.2']);
    expect(await ask(guests[1])).toMatch(/404$/);
  } finally {
    await stop();
  }
});

it('on a metadata network the proxy asks for the router', async () => {
  await using lab = await dhcpLab({ enable_metadata_network: 'True' });
  const linkLocal = { ...subnet, cidr: '169.254.169.252/30', gateway_ip: '169.254.169.253' };
  const routerPort = portSpec({
    ...{ id: uuid('77777777'), mac: 'fa:16:3e:00:00:77', subnet, address: '169.254.169.253' },
    ...{ device_owner: 'network:router_interface', device_id: uuid('88888888') },
  });
  const dhcpPort = {
    ...isolated.dhcp_port!,
    fixed_ips: [{ subnet_id: subnet.id, ip_address: '169.254.169.254' }],
  };
  lab.server.networks.set(networkId, {
    ...{ ...isolated, subnets: [linkLocal], ports: [dhcpPort, routerPort], dhcp_port: dhcpPort },
    ...{ isolated_subnet_ids: [], router_ip_by_subnet: { [subnet.id]: '169.254.169.253' } },
  });
  await lab.settle();
  const [proxy] = findProcesses('haproxy', networkId);
  expect(proxy).toBeDefined();
  const file = `${lab.config.state_path}/ns-metadata-proxy/${networkId}.conf`;
  expect(readFileSync(file, 'utf8')).toContain(`set-header X-Neutron-Router-ID ${routerPort.device_id}`);
  expect(await lab.reconciler.verify()).toEqual(new Map());
});
