// What a look at a node's inside says is wrong with the lab, and what has to be seen twice.
import { expect, it } from 'vitest';
import { findFaults, nodeFaults } from '../../../../server/appliance/checks/faults/find-faults.ts';
import { parseLook } from '../../../../server/appliance/checks/faults/node-look.ts';
import { wireFaults } from '../../../../server/appliance/checks/faults/wire-probe.ts';
import { LabBroken } from '../../../../server/appliance/checks/types.ts';

/** Lines of a look at a network node that lacks nothing, recorded. */
const whole = `
wire eth0 2 100.97.215.15
wire eth1 1 100.97.215.13 100.97.215.14
named neutron-l3-agent
named ovs-vswitchd
status run: neutron-l3-agent: (pid 62) 25s
status run: ovs-vswitchd: (pid 87) 24s
process      57       7 Ss   runsv
process      62      57 Sl   MainThread
process      87      58 Sl   ovs-vswitchd
heard eth0 outside
heard eth1 compute1
done
`;
const faultsOf = (text: string) => {
  const { sure, doubtful } = nodeFaults('network', parseLook(text));
  const words = (faults: typeof sure) => faults.map((fault) => `${fault.kind} ${fault.name}`);
  return { sure: words(sure), doubtful: words(doubtful) };
};
const changed = (from: string | RegExp, to: string) => faultsOf(whole.replace(from, to));

it('finds nothing wrong with a whole node', () => {
  expect(faultsOf(whole)).toEqual({ sure: [], doubtful: [] });
});

it.each([
  [/run: neutron-l3-agent.*/, 'down: neutron-l3-agent: 3s, normally up', 'service neutron-l3-agent'],
  [/status run: neutron-l3-agent.*/, '', 'service neutron-l3-agent'],
  ['57 Sl   MainThread', '57 Tl   MainThread', 'frozen neutron-l3-agent'],
  ['done', 'unread neutron-l3-agent /etc/neutron/l3_agent.ini\ndone', 'config /etc/neutron/l3_agent.ini'],
  ['done', 'full / 102400 /root/my big file\ndone', 'disk /'],
  ['done', 'unswitched cannot connect\ndone', 'switch ovs-vswitchd'],
])('%s read as %s is a fault: %s', (from, to, fault) => {
  expect(changed(from, to)).toEqual({ sure: [fault], doubtful: [] });
});

it.each([
  ['(pid 62) 25s', '(pid 99) 0s', 'crashing neutron-l3-agent'],
  [
    /run: neutron-l3-agent.*/,
    'down: neutron-l3-agent: 0s, normally up, want up',
    'crashing neutron-l3-agent',
  ],
  ['done', 'unbridged br-int\ndone', 'bridge br-int'],
  ['done', 'unbridged br-ex eth0\ndone', 'bridge br-ex'],
  ['done', 'unreached 5672\ndone', 'controller 5672'],
])('%s read as %s may heal and is looked at again: %s', (from, to, fault) => {
  expect(changed(from, to)).toEqual({ sure: [], doubtful: [fault] });
});

it('names the biggest file of a full disk with its size', () => {
  const { sure } = nodeFaults('network', parseLook(whole.replace('done', 'full / 102400 /root/a b\ndone')));
  expect(sure[0]!.text).toBe('the disk / of network is full; the biggest file there is /root/a b (100 MB)');
});

it('blames the end of a wire that nobody hears, and not those that miss it', () => {
  const at = (node: string, ...heard: string[]) =>
    [node, parseLook(['wire eth1 1 x', ...heard.map((other) => `heard eth1 ${other}`)].join('\n'))] as const;
  const talking = new Map([at('a', 'b', 'c'), at('b', 'a', 'c'), at('c', 'a', 'b')]);
  expect(wireFaults(talking)).toEqual([]);
  const cut = new Map([at('a', 'b'), at('b', 'a'), at('c')]);
  expect(wireFaults(cut)).toMatchObject([{ kind: 'wire', node: 'c', name: 'eth1' }]);
  // It hears the others, who do not hear it: one direction is not enough.
  expect(wireFaults(new Map([at('a', 'b'), at('b', 'a'), at('c', 'a', 'b')]))).toMatchObject([{ node: 'c' }]);
});

const patient = (...looks: string[]) => {
  const left = [...looks];
  return {
    ...{ nodeNames: ['network'] },
    runInNode: async () => ({ code: 0, stdout: left.length > 1 ? left.shift()! : left[0]!, stderr: '' }),
    get: async () => ({ status: 200, body: { agents: [{ binary: 'x', host: 'network', alive: true }] } }),
  };
};

it('takes back what a second look does not confirm', async () => {
  const missing = whole.replace('done', 'unbridged br-int\ndone');
  expect(await findFaults(patient(missing, whole))).toEqual([]);
  expect(await findFaults(patient(missing, missing))).toMatchObject([{ kind: 'bridge', name: 'br-int' }]);
});

it('takes a node whose look breaks off, or that has no services, for broken', async () => {
  expect(await findFaults(patient('named x'))).toMatchObject([{ kind: 'node', name: 'network' }]);
  expect(await findFaults(patient('done'))).toMatchObject([{ kind: 'node', name: 'network' }]);
  const gone = { ...patient(''), runInNode: () => Promise.reject(new Error('is paused')) };
  expect((await findFaults(gone))[0]?.text).toContain('is paused');
});

it('tells of an agent that does not report, of an API that refuses, of one that does not answer', async () => {
  const agents = [{ binary: 'neutron-l3-agent', host: 'network', alive: false }];
  const asked = (get: () => Promise<{ status: number; body: unknown }>) =>
    findFaults({ ...patient(whole), get }).then((faults) =>
      faults.map(({ kind, text }) => `${kind}: ${text}`),
    );
  expect(await asked(async () => ({ status: 200, body: { agents } }))).toEqual([
    'agent: neutron-l3-agent on network has not reported for a while',
  ]);
  expect(await asked(async () => ({ status: 500, body: {} }))).toEqual([
    'api: the network API answers 500 to GET /v2.0/agents',
  ]);
  expect(await asked(() => Promise.reject(new LabBroken('no answer')))).toEqual(['api: no answer']);
});
