// A cloud that many clients run for at once: fewer addresses, VLANs and floating IPs than clients.
import { makeNetwork, type Answer, type Ask, type ServerOptions } from './networking.ts';

/** How many clients run. */
export const runners = 64;

/** 60 VLANs for tenants, no quotas, and tunnels enough for whoever asks for them. */
export const settingsOfRace = {
  quotas: {},
  ml2: {
    tenant_network_types: ['vlan'],
    network_vlan_ranges: ['physnet1', 'physnet2:100:159'],
    vni_ranges: ['1:4000'],
  },
} satisfies ServerOptions['settings'];

/** All clients at once; they take the servers in turn. */
export const rush = (
  servers: readonly Ask[],
  run: (ask: Ask, index: number) => Promise<Answer>,
): Promise<Answer[]> =>
  Promise.all(Array.from({ length: runners }, (_, index) => run(servers[index % servers.length]!, index)));

/** What was given out, and how many were turned away with which answer. */
export interface Outcome {
  given: string[];
  refused: Record<string, number>;
}

function outcomeOf(answers: readonly Answer[], read: (body: Answer['body']) => string): Outcome {
  const given = answers.filter(({ status }) => status === 201).map(({ body }) => read(body));
  const refused: Record<string, number> = {};
  for (const { status, body } of answers.filter((answer) => answer.status !== 201)) {
    const name = `${status} ${body?.NeutronError?.type}`;
    refused[name] = (refused[name] ?? 0) + 1;
  }
  return { given: given.sort(), refused };
}

/** Ports on a network with 61 free addresses. */
export async function raceForAddresses(servers: readonly Ask[]): Promise<Outcome> {
  const { network } = await makeNetwork(servers[0]!, '10.1.0.0/26', {}, { enable_dhcp: false });
  const answers = await rush(servers, (ask) => ask('POST', '/ports', { port: { network_id: network.id } }));
  return outcomeOf(answers, ({ port }) => port.fixed_ips[0].ip_address);
}

/** Networks, where 60 VLANs are; those that are taken already by others are given back first. */
export async function raceForVlans(servers: readonly Ask[]): Promise<Outcome> {
  const taken = await servers[0]!('GET', '/networks?provider:network_type=vlan');
  for (const { id } of taken.body.networks) {
    const { body } = await servers[0]!('GET', `/ports?network_id=${id}`);
    for (const port of body.ports) await servers[0]!('DELETE', `/ports/${port.id}`);
    await servers[0]!('DELETE', `/networks/${id}`);
  }
  const answers = await rush(servers, (ask) => ask('POST', '/networks', { network: {} }));
  return outcomeOf(answers, ({ network }) => String(network['provider:segmentation_id']));
}

/** Floating IPs of an external network with 61 of them. */
export async function raceForFloatingIps(servers: readonly Ask[]): Promise<Outcome> {
  const { network } = await makeNetwork(
    servers[0]!,
    '10.64.201.0/26',
    {
      'provider:network_type': 'flat',
      'provider:physical_network': 'physnet1',
      'router:external': true,
    },
    { enable_dhcp: false },
  );
  const answers = await rush(servers, (ask) =>
    ask('POST', '/floatingips', { floatingip: { floating_network_id: network.id } }),
  );
  return outcomeOf(answers, ({ floatingip }) => floatingip.floating_ip_address);
}

/** Routers of a project that may have ten. */
export async function raceForQuota(servers: readonly Ask[]): Promise<Outcome> {
  const tenant_id = 'f'.repeat(32);
  await servers[0]!('PUT', `/quotas/${tenant_id}`, { quota: { router: 10 } });
  const answers = await rush(servers, (ask) => ask('POST', '/routers', { router: { tenant_id } }));
  return outcomeOf(answers, ({ router }) => router.id);
}
