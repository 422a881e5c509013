// Availability zones: which there are, and networks and routers that ask for some.
import { expect, it } from 'vitest';
import {
  make,
  makeNetwork,
  networkingServer,
  refusal,
  type NetworkingServer,
} from '../../support/networking.ts';

/** DHCP and L3 agents of a host in a zone. */
async function agentsIn(server: NetworkingServer, host: string, availability_zone: string | null) {
  const kinds = [
    ['DHCP agent', 'neutron-dhcp-agent', 'dhcp_agent'],
    ['L3 agent', 'neutron-l3-agent', 'l3_agent'],
  ];
  for (const [agent_type, binary, topic] of kinds)
    await server.rpc('q-reports-plugin', 'report_state', {
      agent_state: {
        agent_type,
        binary,
        topic,
        host,
        availability_zone,
        start_flag: true,
        configurations: {},
      },
    });
}

const hostsOf = async (server: NetworkingServer, path: string) =>
  (await server.admin('GET', path)).body.agents.map(({ host }: { host: string }) => host).sort();

it('are listed with what they serve, and available while an agent is in service', async () => {
  await using server = await networkingServer();
  await agentsIn(server, 'network1', 'east');
  await agentsIn(server, 'network2', 'west');
  await agentsIn(server, 'network3', null);
  const listed = async (query = '') =>
    (await server.member('GET', `/availability_zones?${query}`)).body.availability_zones;
  expect(new Set(await listed())).toEqual(
    new Set(
      ['east', 'west'].flatMap((name) =>
        ['network', 'router'].map((resource) => ({ name, resource, state: 'available' })),
      ),
    ),
  );
  const [dhcp] = (await server.admin('GET', '/agents?host=network1&agent_type=DHCP+agent')).body.agents;
  await server.admin('PUT', `/agents/${dhcp.id}`, { agent: { admin_state_up: false } });
  expect(await listed('state=unavailable')).toEqual([
    { name: 'east', resource: 'network', state: 'unavailable' },
  ]);
  expect(await listed('name=west&fields=resource')).toHaveLength(2);
  expect(refusal(await server.member('GET', '/availability_zones?color=red'))).toBe(
    "400 HTTPBadRequest: ['color'] is invalid attribute for filtering",
  );
});

it('decide which agents serve a network and a router, and are shown', async () => {
  await using server = await networkingServer({
    settings: { dhcp_agents_per_network: 2, agent_down_time: 3600 },
  });
  for (const [host, zone] of Object.entries({ n1: 'east', n2: 'east', n3: 'west', n4: 'west' }))
    await agentsIn(server, host, zone);
  const west = await makeNetwork(server.member, '10.0.0.0/24', { availability_zone_hints: ['west'] });
  expect(west.network).toMatchObject({ availability_zone_hints: ['west'], availability_zones: [] });
  expect(await hostsOf(server, `/networks/${west.network.id}/dhcp-agents`)).toEqual(['n3', 'n4']);
  expect(
    (await server.member('GET', `/networks/${west.network.id}`)).body.network.availability_zones,
  ).toEqual(['west']);
  const both = await makeNetwork(server.member, '10.0.1.0/24', {
    availability_zone_hints: ['east', 'west'],
  });
  const served = await hostsOf(server, `/networks/${both.network.id}/dhcp-agents`);
  expect(served.map((host: string) => (host < 'n3' ? 'east' : 'west'))).toEqual(['east', 'west']);
  for (let index = 0; index < 3; index++) {
    const router = await make(server.member, 'router', { availability_zone_hints: ['east'] });
    const [host] = await hostsOf(server, `/routers/${router.id}/l3-agents`);
    expect(['n1', 'n2']).toContain(host);
    expect((await server.member('GET', `/routers/${router.id}`)).body.router).toMatchObject({
      availability_zone_hints: ['east'],
      availability_zones: ['east'],
    });
  }
  // the last agent of the zone out of service: nobody else takes it
  for (const host of ['n1', 'n2']) {
    const [agent] = (await server.admin('GET', `/agents?host=${host}&agent_type=L3+agent`)).body.agents;
    await server.admin('PUT', `/agents/${agent.id}`, { agent: { admin_state_up: false } });
  }
  const waiting = await make(server.member, 'router', { availability_zone_hints: ['east'] });
  expect(await hostsOf(server, `/routers/${waiting.id}/l3-agents`)).toEqual([]);
});

it('must be there to be asked for', async () => {
  await using server = await networkingServer();
  await agentsIn(server, 'network1', 'east');
  for (const name of ['network', 'router']) {
    const asked = (availability_zone_hints: unknown) =>
      server.member('POST', `/${name}s`, { [name]: { availability_zone_hints } });
    expect(refusal(await asked(['east', 'nowhere']))).toBe(
      '404 AvailabilityZoneNotFound: AvailabilityZone nowhere could not be found.',
    );
    expect((await asked(['east', 'east'])).status).toBe(400);
    expect(refusal(await asked(Array.from({ length: 99 }, (_, index) => `zone${index}`)))).toBe(
      '400 InvalidInput: Invalid input for operation: Too many availability_zone_hints specified.',
    );
  }
});
