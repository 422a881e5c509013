// How full networks are.
import { expect, it } from 'vitest';
import { demo, make, makeNetwork, networkingServer, refusal } from '../../support/networking.ts';

it('counts the addresses of the pools and those that ports hold', async () => {
  await using server = await networkingServer();
  const { network, subnet } = await makeNetwork(server.member, '10.0.0.0/28', { name: 'n' });
  const six = await make(server.member, 'subnet', {
    network_id: network.id,
    ip_version: 6,
    cidr: '2001:db8::/64',
  });
  await make(server.member, 'port', { network_id: network.id });
  await make(server.member, 'port', { network_id: network.id, fixed_ips: [{ subnet_id: subnet.id }] });
  const answer = await fetch(`${server.url}/v2.0/network-ip-availabilities/${network.id}`, {
    headers: { 'X-Auth-Token': 'admin' },
  });
  const text = await answer.text();
  // one /64 without its gateway and network address, exactly
  expect(text).toContain('"total_ips":18446744073709551614');
  const { network_ip_availability: shown } = JSON.parse(text) as {
    network_ip_availability: { subnet_ip_availability: { ip_version: number }[] };
  };
  shown.subnet_ip_availability.sort((one, other) => one.ip_version - other.ip_version);
  expect(shown).toMatchObject({
    network_id: network.id,
    network_name: 'n',
    tenant_id: demo,
    project_id: demo,
    used_ips: 3,
    subnet_ip_availability: [
      { subnet_id: subnet.id, cidr: '10.0.0.0/28', ip_version: 4, total_ips: 13, used_ips: 2 },
      { subnet_id: six.id, cidr: '2001:db8::/64', ip_version: 6, used_ips: 1 },
    ],
  });
});

it('is listed with filters, for administrators', async () => {
  await using server = await networkingServer();
  const { network: one } = await makeNetwork(server.member, '10.0.0.0/24', { name: 'one' });
  const { network: other } = await makeNetwork(server.member, '2001:db8::/64', { name: 'other' });
  const bare = await make(server.member, 'network', { name: 'bare' });
  const listed = async (query = '') => {
    const { body } = await server.admin('GET', `/network-ip-availabilities?${query}`);
    return body.network_ip_availabilities.map(({ network_id }: { network_id: string }) => network_id).sort();
  };
  expect(await listed()).toEqual([one.id, other.id, bare.id].sort());
  expect(await listed('network_name=one')).toEqual([one.id]);
  expect(await listed(`network_id=${other.id}&network_id=${bare.id}`)).toEqual([other.id, bare.id].sort());
  expect(await listed('ip_version=6')).toEqual([other.id]);
  expect(await listed(`project_id=${'f'.repeat(32)}`)).toEqual([]);
  expect(refusal(await server.admin('GET', '/network-ip-availabilities?color=red'))).toBe(
    "400 HTTPBadRequest: ['color'] is invalid attribute for filtering",
  );
  expect((await server.member('GET', '/network-ip-availabilities')).body).toEqual({
    network_ip_availabilities: [],
  });
  expect(refusal(await server.member('GET', `/network-ip-availabilities/${one.id}`))).toBe(
    `404 NetworkNotFound: Network ${one.id} could not be found.`,
  );
});
