// Every kind of check that looks at a host, against the real tool: it passes, it fails, and it says what it saw.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { run } from '../../server/host/run.ts';
import { spawnDetached } from '../../server/host/spawn-detached.ts';
import { anyCode, checkHost } from '../support/check-host.ts';
import type { CheckHost } from '../support/check-host.ts';
import type { Machine } from '../support/machine.ts';

let host: CheckHost;
let a: Machine;
let b: Machine;
const look: CheckHost['look'] = (kind, args) => host.look(kind, args);
const lookNot: CheckHost['lookNot'] = (kind, args) => host.lookNot(kind, args);

beforeAll(async () => {
  host = await checkHost();
  ({ a, b } = host);
});
afterAll(() => host[Symbol.asyncDispose]());

const inA = 'netns:here:a';

describe('ping', () => {
  it('passes when an address answers', async () => {
    expect(await look('ping', { from: inA, to: '10.0.0.2' })).toMatchObject({
      verdict: 'passed',
      command: { place: 'here', text: 'ip netns exec a ping -c 3 10.0.0.2' },
    });
  });
  it('fails when nobody is there, and names the reason', async () => {
    expect(await look('ping', { from: inA, to: '10.0.0.9' })).toMatchObject({ verdict: 'failed' });
    expect(await look('ping', { from: inA, to: '192.0.2.1' })).toMatchObject({
      verdict: 'failed',
      observed: '192.0.2.1: Network is unreachable',
    });
  });
});

describe('tcp and http', () => {
  it('tell an open port from a closed one, and read the answer', async () => {
    const page = 'HTTP/1.0 200 OK\r\nContent-Length: 6\r\n\r\nhello\n';
    const server = `require('net').createServer((s) => { s.on('error', () => {}); s.once('data', () => s.end(${JSON.stringify(page)})); }).listen(80)`;
    await using _server = await daemonIn('b', [process.execPath, '-e', server]);
    await until(
      async () => (await look('tcp', { from: inA, to: '10.0.0.2', port: 80 })).verdict === 'passed',
    );
    expect(await look('tcp', { from: inA, to: '10.0.0.2', port: 81 })).toMatchObject({
      verdict: 'failed',
      observed: 'port 81 of 10.0.0.2: connection refused',
    });
    expect(await look('http', { from: inA, url: 'http://10.0.0.2/', body: '^hello' })).toMatchObject({
      verdict: 'passed',
    });
    expect(await look('http', { from: inA, url: 'http://10.0.0.2/', body: '^bye' })).toMatchObject({
      verdict: 'failed',
      observed: "status 200, body 'hello'",
    });
    expect(await look('http', { from: inA, url: 'http://10.0.0.2/', status: 404 })).toMatchObject({
      verdict: 'failed',
    });
  });
});

describe('dns', () => {
  it('compares the address a server gives for a name', async () => {
    const argv = [
      'dnsmasq',
      '--keep-in-foreground',
      '--no-resolv',
      '--no-hosts',
      '--port=53',
      '--address=/www.example.com/203.0.113.80',
    ];
    await using _server = await daemonIn('b', [
      ...argv,
      '--conf-file=/dev/null',
      '--user=root',
      '--pid-file=',
    ]);
    const ask = (address: string) =>
      look('dns', { from: inA, name: 'www.example.com', server: '10.0.0.2', address });
    await until(async () => (await ask('203.0.113.80')).verdict === 'passed');
    expect(await ask('203.0.113.81')).toMatchObject({
      verdict: 'failed',
      observed: 'www.example.com is 203.0.113.80',
    });
  });
});

describe('interface', () => {
  it('finds a device with its address, its switch and its tag', async () => {
    expect(await look('interface', { on: inA, device: 'eth0', address: '10.0.0.1/24' })).toMatchObject({
      verdict: 'passed',
    });
    expect(
      await look('interface', { on: 'here', device: a.device, bridge: 'br-int', tag: '7' }),
    ).toMatchObject({
      verdict: 'passed',
    });
  });
  it.each([
    [{ device: 'eth9' }, 'no device eth9'],
    [{ device: 'eth0', address: '10.0.0.7' }, 'eth0 has the addresses 10.0.0.1/24'],
    [{ device: 'eth0', master: 'qbr1' }, 'eth0 is in no bridge'],
  ])('says what is wrong with %o', async (args, start) => {
    const { verdict, observed } = await look('interface', { on: inA, ...args });
    expect(verdict).toBe('failed');
    expect(observed.startsWith(start)).toBe(true);
  });
  it('reads switch and tag from Open vSwitch', async () => {
    const wrongTag = await look('interface', { on: 'here', device: a.device, tag: 8 });
    expect(wrongTag).toMatchObject({ verdict: 'failed', observed: `${a.device} has the tag 7` });
    const wrongBridge = await look('interface', { on: 'here', device: a.device, bridge: 'br-ex' });
    expect(wrongBridge).toMatchObject({ observed: `${a.device} is a port of Open vSwitch bridge br-int` });
  });
});

describe('namespace', () => {
  it('finds a namespace and the programs in it', async () => {
    expect(await look('namespace', { on: 'here', name: 'a' })).toMatchObject({ verdict: 'passed' });
    expect(await look('namespace', { on: 'here', name: 'qdhcp-1' })).toMatchObject({
      verdict: 'failed',
      observed: 'only b, a on here',
    });
    expect(await look('namespace', { on: 'here', name: 'a', runs: 'dnsmasq' })).toMatchObject({
      verdict: 'failed',
      observed: 'a runs nothing',
    });
    await using _server = await daemonIn('a', ['sleep', '30']);
    await until(
      async () => (await look('namespace', { on: 'here', name: 'a', runs: 'sleep' })).verdict === 'passed',
    );
  });
});

describe('iptables', () => {
  it('finds a rule by its parts, whole words only', async () => {
    await run([
      'ip',
      'netns',
      'exec',
      'a',
      ...'iptables -t nat -A POSTROUTING -j SNAT --to-source 10.0.0.10'.split(' '),
    ]);
    const ask = (...has: string[]) => look('iptables', { on: inA, table: 'nat', chain: 'POSTROUTING', has });
    expect(await ask('-j SNAT', '--to-source 10.0.0.10')).toMatchObject({ verdict: 'passed' });
    expect(await ask('--to-source 10.0.0.1')).toMatchObject({
      verdict: 'failed',
      observed: 'no such rule in table nat',
    });
    expect(await ask('-j SNAT', '--to-source 10.0.0.1')).toMatchObject({
      verdict: 'failed',
      observed: 'only -A POSTROUTING -j SNAT --to-source 10.0.0.10',
    });
    await run(['ip', 'netns', 'exec', 'a', 'iptables', '-t', 'nat', '-F']);
  });
});

describe('flow and flow-trace', () => {
  it('find a translation and where a packet goes', async () => {
    await run([
      'ovs-ofctl',
      'add-flow',
      'br-int',
      `priority=4,in_port=${a.device},dl_vlan=1,actions=mod_vlan_vid:101,NORMAL`,
    ]);
    const ask = (dl_vlan: string) =>
      look('flow', {
        on: 'here',
        bridge: 'br-int',
        match: { in_port: a.device, dl_vlan },
        actions: ['mod_vlan_vid:101'],
      });
    expect(await ask('1')).toMatchObject({ verdict: 'passed' });
    expect(await ask('2')).toMatchObject({ verdict: 'failed', observed: 'no flow matches that' });
    const outcome = await look('flow', { on: 'here', bridge: 'br-gone', match: {}, actions: [] });
    expect(outcome).toMatchObject({ verdict: 'failed', observed: expect.stringContaining('br-gone') });
    const trace = (output: string) =>
      look('flow-trace', {
        on: 'here',
        bridge: 'br-int',
        packet: `in_port=${b.device},arp,dl_src=02:00:00:00:00:01`,
        output,
      });
    expect(await trace(a.device)).toMatchObject({ verdict: 'passed' });
    expect(await trace('drop')).toMatchObject({ verdict: 'failed' });
  });
});

describe('capture', () => {
  const probe = { from: inA, to: '10.0.0.2' };
  it('sees the probes, and their tag or that they have none', async () => {
    const ask = (vlan: string) =>
      look('capture', { on: 'here', device: b.device, filter: 'icmp', probe, vlan });
    expect(await ask('none')).toMatchObject({ verdict: 'passed' });
    expect(await ask('101')).toMatchObject({
      verdict: 'failed',
      expected: "frames of 'icmp' with VLAN tag 101",
    });
  });
  it('proves that nothing passes, while the probes are seen elsewhere', async () => {
    const baseline = { on: 'here', device: a.device, filter: 'icmp' };
    const ask = (filter: string) =>
      look('capture', { on: 'here', device: b.device, filter, probe, none: true, baseline });
    expect(await ask('icmp and src host 10.9.9.9')).toMatchObject({ verdict: 'passed' });
    expect(await ask('icmp')).toMatchObject({ verdict: 'failed' });
  });
  it('a silence that is everywhere proves nothing', async () => {
    const baseline = { on: 'here', device: a.device };
    const args = { on: 'here', device: b.device, probe: { from: inA, to: '192.0.2.1' }, filter: 'icmp' };
    const observed = `nothing of namespace a on here is seen on ${a.device} of here either`;
    expect(await look('capture', { ...args, none: true, baseline })).toMatchObject({
      verdict: 'failed',
      observed,
    });
    expect(await lookNot('capture', { ...args, baseline })).toMatchObject({
      verdict: 'failed',
      observed: `this proves nothing: ${observed}`,
    });
  });
  it('a capture that does not listen proves nothing', async () => {
    const baseline = { on: 'here', device: a.device };
    const gone = { on: 'here', device: 'eth9', filter: 'icmp', probe, none: true, baseline };
    expect(await look('capture', gone)).toMatchObject({
      verdict: 'failed',
      observed: expect.stringContaining('eth9'),
    });
    const misspelt = { on: 'here', device: a.device, filter: 'imcp', probe };
    expect(await look('capture', misspelt)).toMatchObject({
      verdict: 'failed',
      observed: expect.stringContaining('parse filter'),
    });
  });
  it('looks into a tunnel: its number, its ends, the tag inside', async () => {
    const ends = [
      ['a', '10.0.0.2', '10.77.0.1/24'],
      ['b', '10.0.0.1', '10.77.0.2/24'],
    ] as const;
    for (const [name, remote, address] of ends) {
      const inside = (words: string) => run(['ip', '-n', name, ...words.split(' ')]);
      await inside(`link add vx0 type vxlan id 1001 remote ${remote} dstport 4789 dev eth0`);
      await inside(`address add ${address} dev vx0`);
      await inside('link set vx0 up');
    }
    const ask = (tunnel: Record<string, unknown>, more: Record<string, unknown> = {}) =>
      look('capture', {
        ...{ on: 'here', device: a.device, probe: { from: inA, to: '10.77.0.2' }, ...more },
        tunnel: { type: 'vxlan', inner: 'icmp', ...tunnel },
      });
    const right = { id: '1001', from: '10.0.0.1', to: '10.0.0.2' };
    expect(await ask(right, { vlan: 'none' })).toMatchObject({ verdict: 'passed' });
    expect(await ask(right, { vlan: '7' })).toMatchObject({ verdict: 'failed' });
    expect(await ask({ ...right, id: 1002 })).toMatchObject({
      ...{ verdict: 'failed', observed: expect.stringMatching(/^VNI 1001: .*ICMP/) },
      expected: 'frames of icmp in vxlan with VNI 1002 from 10.0.0.1 to 10.0.0.2',
    });
    expect(await ask({ ...right, to: '10.0.0.9' })).toMatchObject({ verdict: 'failed' });
    for (const [name] of ends) await run(['ip', '-n', name, 'link', 'del', 'vx0']);
  });
});

describe('throughput', () => {
  const ask = (more: Record<string, unknown>) =>
    look('throughput', { from: inA, to: 'netns:here:b', address: '10.0.0.2', seconds: 1, ...more });
  it('measures what gets through, and leaves no server behind', async () => {
    expect(await ask({ at_least: 1 })).toMatchObject({
      verdict: 'passed',
      observed: expect.stringMatching(/^\d+ Mbit\/s$/),
    });
    expect(await ask({ at_most: 0.1 })).toMatchObject({
      verdict: 'failed',
      expected: 'at most 0.1 Mbit/s to 10.0.0.2',
    });
    expect((await b.run(['pgrep', '-x', 'iperf3'])).code).toBe(1);
  });
  it('nothing at all is not little', async () => {
    expect(await ask({ at_most: 10, address: '10.0.0.9' })).toMatchObject({
      verdict: 'failed',
      observed: expect.stringContaining('nothing gets through'),
    });
  });
});

describe('exec', () => {
  it('compares exit code and output', async () => {
    expect(await look('exec', { on: 'here', argv: ['echo', 'a\nb'], stdout: '^b$' })).toMatchObject({
      verdict: 'passed',
    });
    expect(await look('exec', { on: 'here', argv: ['false'] })).toMatchObject({
      verdict: 'failed',
      observed: 'no output (exit code 1)',
    });
  });
});

async function daemonIn(name: string, argv: string[]): Promise<AsyncDisposable> {
  const { pid } = await spawnDetached(['ip', 'netns', 'exec', name, ...argv]);
  return { [Symbol.asyncDispose]: async () => void (await run(['kill', String(pid)], { okCodes: anyCode })) };
}

async function until(isTrue: () => Promise<boolean>): Promise<void> {
  for (let attempt = 0; attempt < 40; attempt++) {
    if (await isTrue()) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error('it did not come true');
}
