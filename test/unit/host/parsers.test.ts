// What the tools print, recorded once, as typed data.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { parseAddresses } from '../../../server/host/address.ts';
import { parseTxOffload } from '../../../server/host/ethtool.ts';
import { parseIpsetSave, planIpsets } from '../../../server/host/ipset.ts';
import { splitMessages } from '../../../server/host/json-messages.ts';
import { parseLinks } from '../../../server/host/link.ts';
import { parseFlows } from '../../../server/host/ovs-ofctl.ts';
import { asList, asMap, setCommand } from '../../../server/host/ovs-vsctl.ts';
import { parseUpdates } from '../../../server/host/ovsdb-monitor.ts';
import { parseSelects } from '../../../server/host/ovsdb-read.ts';
import { parseRoutes } from '../../../server/host/route.ts';

const fixture = (name: string) => readFileSync(join(import.meta.dirname, '../fixtures', name), 'utf8');
const json = (name: string) => JSON.parse(fixture(name)) as unknown[];

it('devices have kind, bridge and state', () => {
  const links = new Map(parseLinks(json('ip-link.json')).map((link) => [link.name, link]));
  expect(links.get('veth0')).toMatchObject({
    kind: 'veth',
    master: 'qbr0',
    mtu: 1500,
    isUp: true,
    hasCarrier: true,
  });
  expect(links.get('qbr0')).toMatchObject({ kind: 'bridge', isUp: false });
});

it('addresses keep their prefix length and scope', () => {
  const addresses = parseAddresses(json('ip-address.json')).filter(({ dev }) => dev === 'veth1');
  expect(addresses.map(({ cidr, family, scope }) => [cidr, family, scope]).slice(0, 2)).toEqual([
    ['192.168.101.1/24', 4, 'global'],
    ['fd00::1/64', 6, 'global'],
  ]);
});

it('routes have destination and next hop', () => {
  const routes = parseRoutes(json('ip-route.json'));
  expect(routes).toContainEqual({ destination: 'default', nexthop: '192.168.101.254', dev: 'veth1' });
  expect(routes).toContainEqual({
    destination: '10.1.0.0/16',
    nexthop: '192.168.101.7',
    dev: 'veth1',
    metric: 5,
  });
});

it('tables of the switch become plain rows', () => {
  const [bridges, ports] = parseSelects(json('ovsdb-select.json'));
  expect(bridges?.[0]).toMatchObject({ name: 'br-int', fail_mode: 'secure', protocols: [] });
  expect(asList(bridges?.[0]?.ports)).toHaveLength(2);
  const tap = ports?.find(({ name }) => name === 'tapx');
  expect([tap?.tag, asMap(tap?.other_config)]).toEqual([3, { net_uuid: 'a04544a6' }]);
});

it('values are quoted so that the switch takes them whole', () => {
  expect(
    setCommand('Interface', 'tapx', {
      external_ids: { 'attached-mac': 'fa:16:3e:00:00:01' },
      mtu_request: 1450,
    }),
  ).toEqual([
    ...['set', 'Interface', 'tapx', 'external_ids:"attached-mac"="fa:16:3e:00:00:01"', 'mtu_request=1450'],
  ]);
});

it('flows are read with flags, timeouts and without a match', () => {
  const flows = parseFlows(
    [
      'OFPST_FLOW reply (OF1.4) (xid=0x2):',
      ' cookie=0x1f, duration=3.5s, table=20, n_packets=2, n_bytes=84, hard_timeout=300, idle_age=3, priority=1,dl_vlan=3 actions=pop_vlan,output:2',
      ' reset_counts priority=500,dl_vlan=7 actions=drop',
      ' table=7, actions=NORMAL',
    ].join('\n'),
  );
  expect(flows).toEqual([
    {
      isLearned: true,
      cookie: '0x1f',
      table: 20,
      priority: 1,
      match: 'dl_vlan=3',
      actions: 'pop_vlan,output:2',
    },
    { cookie: '0x0', table: 0, priority: 500, match: 'dl_vlan=7', actions: 'drop' },
    { cookie: '0x0', table: 7, priority: 32768, match: '', actions: 'NORMAL' },
  ]);
});

it('ipsets grow before the rules are loaded and shrink after', () => {
  const actual = parseIpsetSave(
    'create NIPv4a hash:net family inet hashsize 1024\nadd NIPv4a 10.0.0.1\ncreate NIPv4old hash:net family inet\ncreate other hash:ip family inet\n',
  );
  const wanted = [
    { name: 'NIPv4a', type: 'hash:net', family: 'inet' as const, members: new Set(['10.0.0.2']) },
  ];
  expect(planIpsets(wanted, actual, (name) => name.startsWith('NIPv4'))).toEqual({
    grow: ['add NIPv4a 10.0.0.2'],
    shrink: ['del NIPv4a 10.0.0.1', 'destroy NIPv4old'],
  });
});

it('the offload of the checksum is read', () => {
  expect(parseTxOffload(fixture('ethtool-k.txt'))).toBe(true);
});

it('messages that arrive in pieces or together are told apart', () => {
  const seen: unknown[] = [];
  const take = splitMessages((message) => seen.push(message));
  for (const piece of ['{"id":1,"result":"a}\\"', '{"}{"id":2', '}{"id":3}']) take(piece);
  expect(seen).toEqual([{ id: 1, result: 'a}"{' }, { id: 2 }, { id: 3 }]);
});

it('an update of the database names what a row was and is', () => {
  const update = {
    Port: { u1: { new: { name: 'tapx', tag: 3 }, old: { tag: ['set', []] } }, u2: { old: { name: 'gone' } } },
  };
  expect(parseUpdates(update)).toEqual([
    { table: 'Port', row: 'u1', now: { name: 'tapx', tag: 3 }, before: { tag: [] } },
    { table: 'Port', row: 'u2', now: undefined, before: { name: 'gone' } },
  ]);
});
