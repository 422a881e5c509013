// The iptables of a router, against what iptables-save prints for the same router of a real Neutron.
import { expect, it } from 'vitest';
import { routerTables } from '../../../../server/cloud/agents/l3/nat.ts';
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
