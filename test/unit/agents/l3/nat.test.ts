// The iptables of a router, against what iptables-save prints for the same router of a real Neutron.
import { expect, it } from 'vitest';
import { scopeMarks } from '../../../../server/cloud/agents/l3/address-scopes.ts';
import { routerTables } from '../../../../server/cloud/agents/l3/nat.ts';
import type { RouterPortSpec } from '../../../../server/cloud/model/specs.ts';
import { parseTables, planIptables } from '../../../../server/host/iptables.ts';

/** A saved rule set: the rules that carry meaning, without the jumps that every table has. */
const saved = `\
*nat
-A neutron-l3-agent-OUTPUT -d 10.64.201.72/32 -j DNAT --to-destination 192.168.101.102
-A neutron-l3-agent-POSTROUTING ! -o qg-49a845ca-5a -m conntrack ! --ctstate DNAT -j ACCEPT
-A neutron-l3-agent-PREROUTING -d 169.254.169.254/32 -i qr-+ -p tcp -m tcp --dport 80 -j REDIRECT --to-ports 9697
-A neutron-l3-agent-PREROUTING -d 10.64.201.72/32 -j DNAT --to-destination 192.168.101.102
-A neutron-l3-agent-float-snat -s 192.168.101.102/32 -j SNAT --to-source 10.64.201.72 --random-fully
-A neutron-l3-agent-snat -j neutron-l3-agent-float-snat
-A neutron-l3-agent-snat -o qg-49a845ca-5a -j SNAT --to-source 10.64.201.91 --random-fully
-A neutron-l3-agent-snat -m mark ! --mark 0x2/0xffff -m conntrack --ctstate DNAT -j SNAT --to-source 10.64.201.91 --random-fully
-A neutron-postrouting-bottom -m comment --comment "Perform source NAT on outgoing traffic." -j neutron-l3-agent-snat
*mangle
-A neutron-l3-agent-POSTROUTING -o qg-49a845ca-5a -m connmark --mark 0x0/0xffff0000 -j CONNMARK --save-mark --nfmask 0xffff0000 --ctmask 0xffff0000
-A neutron-l3-agent-PREROUTING -j neutron-l3-agent-mark
-A neutron-l3-agent-PREROUTING -j neutron-l3-agent-scope
-A neutron-l3-agent-PREROUTING -m connmark ! --mark 0x0/0xffff0000 -j CONNMARK --restore-mark --nfmask 0xffff0000 --ctmask 0xffff0000
-A neutron-l3-agent-PREROUTING -j neutron-l3-agent-floatingip
-A neutron-l3-agent-PREROUTING -d 169.254.169.254/32 -i qr-+ -p tcp -m tcp --dport 80 -j MARK --set-xmark 0x1/0xffff
-A neutron-l3-agent-float-snat -m connmark --mark 0x0/0xffff0000 -j CONNMARK --save-mark --nfmask 0xffff0000 --ctmask 0xffff0000
-A neutron-l3-agent-mark -i qg-49a845ca-5a -j MARK --set-xmark 0x2/0xffff
-A neutron-l3-agent-scope -i qr-537546c0-21 -j MARK --set-xmark 0x4000000/0xffff0000
-A neutron-l3-agent-scope -i qr-a5ad5119-1c -j MARK --set-xmark 0x4000000/0xffff0000
-A neutron-l3-agent-scope -i qg-49a845ca-5a -j MARK --set-xmark 0x4000000/0xffff0000
*filter
-A neutron-filter-top -j neutron-l3-agent-local
-A neutron-l3-agent-FORWARD -j neutron-l3-agent-scope
-A neutron-l3-agent-INPUT -m mark --mark 0x1/0xffff -j ACCEPT
-A neutron-l3-agent-INPUT -p tcp -m tcp --dport 9697 -j DROP
-A neutron-l3-agent-scope -o qr-537546c0-21 -m mark ! --mark 0x4000000/0xffff0000 -j DROP
-A neutron-l3-agent-scope -o qr-a5ad5119-1c -m mark ! --mark 0x4000000/0xffff0000 -j DROP
`;
const chains = `\
nat: OUTPUT POSTROUTING PREROUTING float-snat snat
mangle: FORWARD INPUT OUTPUT POSTROUTING PREROUTING float-snat floatingip mark scope
raw: OUTPUT PREROUTING
filter: FORWARD INPUT OUTPUT local scope
`;

const router = {
  internalDevices: ['qr-a5ad5119-1c', 'qr-537546c0-21'],
  gateway: { device: 'qg-49a845ca-5a', address: '10.64.201.91', isSnatEnabled: true },
  floatingIps: [{ floating: '10.64.201.72', fixed: '192.168.101.102' }],
  metadataPort: 9697,
};

it('every chain holds the rules that Neutron puts there, in its order', () => {
  const tables = routerTables(router);
  for (const [table, content] of Object.entries(parseTables(saved)))
    for (const [chain, rules] of Object.entries(content))
      expect({ table, chain, rules: tables[table]?.[chain] }).toEqual({ table, chain, rules });
});

it('there are no other chains and no other rules', () => {
  const tables = routerTables(router);
  const own = (table: string) =>
    Object.keys(tables[table]!)
      .filter((chain) => chain.startsWith('neutron-l3-agent-'))
      .map((chain) => chain.slice('neutron-l3-agent-'.length))
      .sort();
  expect(
    ['nat', 'mangle', 'raw', 'filter'].map((table) => `${table}: ${own(table).join(' ')}\n`).join(''),
  ).toBe(chains);
  const expected = parseTables(saved);
  const silent = Object.entries(tables).flatMap(([table, content]) =>
    Object.entries(content)
      .filter(([chain, rules]) => /^neutron-l3-agent-/.test(chain) && rules.length > 0)
      .filter(([chain]) => expected[table]?.[chain] === undefined)
      .map(([chain]) => `${table} ${chain}`),
  );
  expect(silent).toEqual([]);
});

it('the built-in chains lead into ours', () => {
  const { nat, filter } = routerTables(router);
  expect(nat!.POSTROUTING).toEqual(['-j neutron-l3-agent-POSTROUTING', '-j neutron-postrouting-bottom']);
  expect(filter!.FORWARD).toEqual(['-j neutron-filter-top', '-j neutron-l3-agent-FORWARD']);
  expect(filter!.INPUT).toEqual(['-j neutron-l3-agent-INPUT']);
});

it('without source NAT only what comes back from floating IPs is translated', () => {
  const { nat } = routerTables({ ...router, gateway: { ...router.gateway, isSnatEnabled: false } });
  expect(nat!['neutron-l3-agent-snat']).toEqual([
    '-j neutron-l3-agent-float-snat',
    '-m mark ! --mark 0x2/0xffff -m conntrack --ctstate DNAT -j SNAT --to-source 10.64.201.91 --random-fully',
  ]);
});

it('without a gateway there is metadata and nothing else', () => {
  const { nat } = routerTables({ internalDevices: [], floatingIps: [], metadataPort: 9697 });
  expect(nat!['neutron-l3-agent-POSTROUTING']).toEqual([]);
  expect(nat!['neutron-l3-agent-PREROUTING']).toHaveLength(1);
});

it('loaded once there is nothing left to load', () => {
  const wanted = routerTables(router);
  expect(planIptables(wanted, {}, 'neutron-l3-agent').input).toContain('*nat\n');
  expect(planIptables(wanted, wanted, 'neutron-l3-agent').input).toBe('');
});

const scopes = {
  4: { 'qr-a5ad5119-1c': '0x4010000/0xffff0000', 'qr-537546c0-21': '0x4000000/0xffff0000' },
  6: {},
  ofAddress: () => '0x4010000/0xffff0000',
};

it('address scopes are kept apart, joined by floating IPs, and left untranslated within', () => {
  const outside = { ...scopes[4], 'qg-49a845ca-5a': '0x4000000/0xffff0000' };
  const apart = routerTables({ ...router, scopes: { ...scopes, 4: outside } });
  expect(apart.filter!['neutron-l3-agent-scope']).toEqual([
    '-o qr-537546c0-21 -m mark ! --mark 0x4000000/0xffff0000 -j DROP',
    '-o qr-a5ad5119-1c -m mark ! --mark 0x4010000/0xffff0000 -j DROP',
  ]);
  expect(apart.mangle!['neutron-l3-agent-floatingip']).toEqual([
    '-d 10.64.201.72/32 -j MARK --set-xmark 0x4010000/0xffff0000',
  ]);
  expect(apart.mangle!['neutron-l3-agent-FORWARD']).toEqual([
    '-s 192.168.101.102/32 -j neutron-l3-agent-float-snat',
  ]);
  expect(apart.mangle!['neutron-l3-agent-float-snat']).toContain(
    '-o qg-49a845ca-5a -j MARK --set-xmark 0x4000000/0xffff0000',
  );
  expect(apart.nat!['neutron-l3-agent-snat']!.join()).not.toContain('connmark');
  const inside = { ...scopes[4], 'qg-49a845ca-5a': '0x4010000/0xffff0000' };
  const joined = routerTables({ ...router, scopes: { ...scopes, 4: inside } });
  expect(joined.nat!['neutron-l3-agent-snat']!.slice(0, 3)).toEqual([
    '-j neutron-l3-agent-float-snat',
    '-o qg-49a845ca-5a -m connmark --mark 0x4010000/0xffff0000 -j ACCEPT',
    '-o qg-49a845ca-5a -j SNAT --to-source 10.64.201.91 --random-fully',
  ]);
  // in one scope with the outside a floating IP has nothing to join
  expect(joined.mangle!['neutron-l3-agent-floatingip']).toEqual([]);
  const plain = { ...router.gateway, isSnatEnabled: false };
  const routed = routerTables({ ...router, gateway: plain, scopes: { ...scopes, 4: outside } });
  expect(routed.filter!['neutron-l3-agent-scope']).toContain(
    '-o qg-49a845ca-5a -m mark ! --mark 0x4000000/0xffff0000 -j DROP',
  );
});

it('every address scope of a router has a mark of its own', () => {
  const port = (id: string, address_scopes?: { 4?: string; 6?: string }) =>
    ({
      id,
      subnets: [{ ip_version: 4, cidr: `10.${id}.0.0/24` }],
      ...(address_scopes && { address_scopes }),
    }) as unknown as RouterPortSpec;
  expect(scopeMarks([{ device: 'qr-1', port: port('1') }])).toBeUndefined();
  const marks = scopeMarks([
    { device: 'qr-1', port: port('1', { 4: 'b', 6: 'c' }) },
    { device: 'qr-2', port: port('2', { 4: 'a' }) },
    { device: 'qg-3', port: port('3') },
  ])!;
  expect(marks[4]).toEqual({
    'qr-1': '0x4020000/0xffff0000',
    'qr-2': '0x4010000/0xffff0000',
    'qg-3': '0x4000000/0xffff0000',
  });
  expect(marks[6]['qr-1']).toBe('0x4030000/0xffff0000');
  expect(marks.ofAddress('10.2.0.7')).toBe('0x4010000/0xffff0000');
  expect(marks.ofAddress('10.9.0.7')).toBe('0x4000000/0xffff0000');
});
