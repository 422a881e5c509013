// Checks that something is absent: proven by a question that was asked, by nothing else.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkHost } from '../support/check-host.ts';
import type { CheckHost } from '../support/check-host.ts';

let host: CheckHost;
const lookNot: CheckHost['lookNot'] = (kind, args) => host.lookNot(kind, args);

beforeAll(async () => {
  host = await checkHost();
});
afterAll(() => host[Symbol.asyncDispose]());

const inA = 'netns:here:a';

describe('an absence', () => {
  beforeAll(async () => {
    await host.b.run('ip link add brq-down type bridge'.split(' '));
  });

  it('is proven by a question that was asked', async () => {
    const expected = { verdict: 'passed', expected: expect.stringMatching(/^not: /) };
    expect(await lookNot('ping', { from: inA, to: '10.0.0.9' })).toMatchObject(expected);
    expect(await lookNot('tcp', { from: inA, to: '10.0.0.2', port: 81 })).toMatchObject(expected);
    expect(await lookNot('http', { from: inA, url: 'http://10.0.0.2:81/' })).toMatchObject(expected);
    expect(await lookNot('namespace', { on: 'here', name: 'qrouter-1' })).toMatchObject(expected);
    expect(await lookNot('interface', { on: inA, device: 'eth9' })).toMatchObject(expected);
    expect(await lookNot('interface', { on: inA, device: 'eth0', master: 'qbr1' })).toMatchObject(expected);
    const flow = { on: 'here', bridge: 'br-int', match: { dl_vlan: '99' } };
    expect(await lookNot('flow', flow)).toMatchObject(expected);
    const rule = { on: inA, table: 'nat', has: ['-j SNAT'] };
    expect(await lookNot('iptables', { ...rule, chain: 'POSTROUTING' })).toMatchObject(expected);
    expect(await lookNot('exec', { on: 'here', argv: ['echo', 'a'], stdout: 'b' })).toMatchObject(expected);
    host.answerApi({ status: 200, body: { networks: [{ name: 'net01' }] } });
    const list = { get: '/networks', at: 'networks.*.name' };
    expect(await lookNot('api', { ...list, contains: 'net02' })).toMatchObject(expected);
  });

  const nowhere = 'netns:here:gone';
  const noNamespace = 'there is no namespace gone on here';
  const inB = 'netns:here:b';
  const packet = 'icmp';
  it.each([
    ['ping', { from: nowhere, to: '10.0.0.2' }, noNamespace],
    [
      'ping',
      { from: inA, to: '192.0.2.1' },
      'namespace a on here sent no request; 192.0.2.1: Network is unreachable',
    ],
    ['tcp', { from: inA, to: '192.0.2.1', port: 80 }, 'could not ask: '],
    ['tcp', { from: nowhere, to: '10.0.0.2', port: 80 }, noNamespace],
    ['http', { from: inA, url: 'http://192.0.2.1/' }, 'could not ask: '],
    ['http', { from: inA, url: 'http://no.such.name.example/' }, 'could not ask: '],
    ['dns', { from: inA, name: 'a.example', server: '192.0.2.1', address: '10.0.0.1' }, 'could not ask: '],
    ['namespace', { on: 'here', name: 'gone', runs: 'dnsmasq' }, noNamespace],
    ['interface', { on: nowhere, device: 'eth0' }, noNamespace],
    ['interface', { on: inA, device: 'eth9', address: '10.0.0.7' }, 'no device eth9'],
    ['interface', { on: inB, device: 'brq-down' }, 'brq-down is down, but it is there'],
    ['flow', { on: 'here', bridge: 'br-gone' }, 'br-gone'],
    ['flow-trace', { on: 'here', bridge: 'br-gone', packet, output: 'x' }, 'br-gone'],
    [
      'iptables',
      { on: inA, table: 'nat', chain: 'neutron-l3-agent-snat', has: ['-j SNAT'] },
      'has no chain neutron-l3-agent-snat',
    ],
    ['iptables', { on: nowhere, has: ['-j SNAT'] }, noNamespace],
    ['exec', { on: 'here', argv: ['cat', '/no/file'], stdout: 'x' }, 'cat ended with code 1'],
    ['exec', { on: 'here', argv: ['no-such-program'] }, 'here has no program no-such-program'],
    ['exec', { on: inA, argv: ['no-such-program'] }, 'namespace a on here has no program no-such-program'],
    [
      'throughput',
      { from: inA, to: inB, address: '192.0.2.1', at_least: 1, seconds: 1 },
      'nothing gets through',
    ],
    [
      'dhcp-lease',
      { server: 'vm01', mac: 'fa:16:3e:00:00:01', address: '10.0.0.3', on: 'here', network: 'n-1' },
      'no dnsmasq serves',
    ],
  ] as const)('is not proven by %s that cannot be asked: %o', async (kind, args, reason) => {
    const { verdict, observed } = await lookNot(kind, args);
    expect(observed).toContain(`this proves nothing: `);
    expect(observed).toContain(reason);
    expect(verdict).toBe('failed');
  });

  it('of a field that the API does not have, or refuses, proves nothing', async () => {
    host.answerApi({ status: 200, body: { port: { id: 'p-1' } } });
    const args = { get: '/ports/p-1', at: 'port.binding:hots_id', equals: 'compute1' };
    expect((await lookNot('api', args)).observed).toBe(
      'this proves nothing: the answer has no port.binding:hots_id',
    );
    host.answerApi({ status: 404, body: undefined });
    expect((await lookNot('api', args)).observed).toBe('this proves nothing: the API answers 404');
  });

  it('on a node that is dead is broken', async () => {
    const args = { from: 'compute9', to: '10.0.0.2' };
    expect(await lookNot('ping', args)).toMatchObject({
      verdict: 'broken',
      observed: 'node compute9 runs no commands (no such container)',
    });
  });
});
