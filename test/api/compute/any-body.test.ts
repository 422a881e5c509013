// Whatever a client sends to Compute: an answer in the API's form, and what is refused changes nothing.
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { computeServer, type ComputeServer } from '../../support/compute.ts';
import { noId, seed, spoilt } from '../../support/generated-bodies.ts';
import { makeNetwork, type Answer } from '../../support/networking.ts';

type Request = [verb: string, path: string, good: unknown];

async function computeRequests(cloud: ComputeServer): Promise<Request[]> {
  const { network } = await makeNetwork(cloud.networking.member, '192.168.101.0/24');
  const server = {
    name: 'vm',
    imageRef: cloud.imageId,
    flavorRef: '1',
    networks: [{ uuid: network.id }],
    security_groups: [{ name: 'default' }],
    metadata: { a: 'b' },
  };
  const made = await cloud.member('POST', '/v2.1/servers', { server });
  expect(made.status, JSON.stringify(made.body)).toBe(202);
  const { id } = made.body.server;
  await cloud.conductor.instance_update({
    uuid: id,
    host: 'compute1',
    vm_state: 'active',
    task_state: null,
    power_state: 1,
  });
  const hints = { different_host: [id] };
  const action = `/v2.1/servers/${id}/action`;
  return [
    ['POST', '/v2.1/servers', { server: { ...server, config_drive: true, availability_zone: 'nova' } }],
    ['POST', '/v2.1/servers', { server, 'os:scheduler_hints': hints }],
    ['PUT', `/v2.1/servers/${id}`, { server: { name: 'renamed', accessIPv4: '10.0.0.1' } }],
    ['POST', '/v2.1/os-keypairs', { keypair: { name: 'k' } }],
    [
      'POST',
      '/v2.1/os-keypairs',
      { keypair: { name: 'k2', public_key: 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5 a@b' } },
    ],
    ['POST', `/v2.1/servers/${id}/metadata`, { metadata: { a: 'b' } }],
    ['PUT', `/v2.1/servers/${id}/metadata`, { metadata: { a: 'b' } }],
    ['PUT', `/v2.1/servers/${id}/metadata/a`, { meta: { a: 'b' } }],
    ['POST', `/v2.1/servers/${id}/os-interface`, { interfaceAttachment: { net_id: network.id } }],
    ['POST', `/v2.1/servers/${id}/os-interface`, { interfaceAttachment: { port_id: noId } }],
    ['POST', action, { reboot: { type: 'SOFT' } }],
    ['POST', action, { 'os-stop': null }],
    ['POST', action, { rebuild: { imageRef: cloud.imageId } }],
    ['POST', action, { addSecurityGroup: { name: 'default' } }],
    ['POST', action, { 'os-getConsoleOutput': { length: 5 } }],
    [
      'POST',
      '/v2.1/os-server-external-events',
      { events: [{ name: 'network-changed', server_uuid: id, status: 'completed' }] },
    ],
    ['PUT', '/v2.1/os-services/disable', { host: 'compute2', binary: 'nova-compute' }],
  ];
}

/** One key, naming the kind of failure, with its code and words. */
function checkRefusal({ status, headers, body }: Answer, asked: string): void {
  expect([400, 403, 404, 409, 413, 415, 422, 501], asked).toContain(status);
  expect(headers.get('content-type'), asked).toMatch(/^application\/json/);
  expect(Object.keys(body), asked).toHaveLength(1);
  expect(Object.values(body)[0], asked).toMatchObject({ code: status, message: expect.stringMatching(/./) });
}

it(`any body (seed ${seed})`, { timeout: 120_000 }, async () => {
  await using cloud = await computeServer();
  await cloud.networking.agentsOn('compute1');
  await cloud.hostsUp('compute1', 'compute2');
  // lists make the default group of who asks
  await cloud.networking.admin('GET', '/security-groups');
  const kinds = await computeRequests(cloud);
  const step = fc.constantFrom(...kinds).chain(([verb, path, good]) =>
    fc.record({
      verb: fc.constant(verb),
      path: fc.constant(path),
      body: spoilt(good),
      caller: fc.constantFrom('admin', 'member', 'member', 'stranger'),
    }),
  );
  let before = await cloud.everything();
  const answers = new Map<number, number>();
  await fc.assert(
    fc.asyncProperty(step, async ({ verb, path, body, caller }) => {
      const answer = await cloud[caller as 'admin' | 'member' | 'stranger'](verb, path, body);
      const asked = JSON.stringify({ caller, verb, path, body, status: answer.status, answer: answer.body });
      answers.set(answer.status, (answers.get(answer.status) ?? 0) + 1);
      if (answer.status < 400) {
        before = await cloud.everything();
        return;
      }
      checkRefusal(answer, asked);
      expect(await cloud.everything(), asked).toBe(before);
    }),
    { numRuns: 500, seed, endOnFailure: true },
  );
  for (const status of [200, 202, 400, 403, 404, 409])
    expect(answers.get(status) ?? 0, String(status)).toBeGreaterThan(0);
});
