// Security groups as iptables rules, against what Neutron's agent loaded for a real guest.
import { expect, it } from 'vitest';
import { allowRules, memberSets, setName } from '../../../../server/cloud/agents/firewall/group-rules.ts';
import { openvswitchScheme as scheme } from '../../../../server/cloud/agents/firewall/scheme.ts';
import { firewallTables } from '../../../../server/cloud/agents/firewall/tables.ts';
import { assignZones, recordedZones } from '../../../../server/cloud/agents/firewall/zones.ts';
import { parseTables, type Tables } from '../../../../server/host/iptables.ts';
import type { SecurityGroupInfo } from '../../../../server/cloud/model/specs.ts';
import { fixture, rule, vm01, webGroup } from '../sample.ts';

const groups: SecurityGroupInfo = {
  security_groups: {
    [webGroup]: [
      rule({ direction: 'egress' }),
      rule({ direction: 'egress', ethertype: 'IPv6' }),
      rule({ protocol: 'icmp' }),
      rule({ protocol: 'tcp', port_range_min: 22, port_range_max: 22 }),
      rule({ protocol: 'tcp', port_range_min: 8000, port_range_max: 8010, remote_group_id: webGroup }),
    ],
  },
  sg_member_ips: { [webGroup]: { IPv4: ['192.168.101.102', '10.99.0.0/24', '192.168.101.21/32'], IPv6: [] } },
};
const trusted = ['180c84b1-e000-4000-8000-000000000000'];
const firewall = { scheme, guarded: [{ spec: vm01, zone: 4099 }], trusted, groups, usesIpset: true };
const spec = (rules: (typeof groups.security_groups)[string]) => ({
  spec: { security_groups: ['g'] },
  family: 4 as const,
  groups: { security_groups: { g: rules }, sg_member_ips: {} },
  usesIpset: true,
});

/** Chains without rules are not in the recorded listing. */
const withRules = (tables: Tables) =>
  Object.fromEntries(
    Object.entries(tables).map(([table, chains]) => [
      table,
      Object.fromEntries(Object.entries(chains).filter(([, rules]) => rules.length > 0)),
    ]),
  );

it('a guest gets the very chains of a real agent, in their order', () => {
  const real = parseTables(fixture('neutron-guest-rules.txt'));
  expect(withRules(firewallTables(firewall, 4))).toEqual(withRules(real));
});

it('a guest without IPv6 address gets the ip6tables chains of a real agent', () => {
  const id = '71f776e5-b4c8-4932-8228-42a8bbcbe772';
  const guest = { ...vm01, port_id: id, allowed_address_pairs: [] };
  const onlyEgress = {
    ...groups,
    security_groups: { [webGroup]: groups.security_groups[webGroup]!.slice(0, 2) },
  };
  const tables = firewallTables({ ...firewall, guarded: [{ spec: guest, zone: 1 }], groups: onlyEgress }, 6);
  const real = parseTables(`*filter\n${fixture('neutron-guest-rules-ipv6.txt')}`).filter!;
  for (const [chain, rules] of Object.entries(real)) expect(tables.filter?.[chain]).toEqual(rules);
  expect(Object.keys(tables.filter!).filter((chain) => chain.includes('-s71f'))).toEqual([]);
});

it('an IPv6 address is checked together with the link-local one', () => {
  const fixed_ips = [{ subnet_id: 's', ip_address: '2001:db8:0::5' }];
  const guest = { ...vm01, fixed_ips, allowed_address_pairs: [] };
  const chain = firewallTables({ ...firewall, guarded: [{ spec: guest, zone: 1 }] }, 6).filter![
    'neutron-openvswi-sdc5146c6-5'
  ];
  expect(chain?.map((line) => line.split(' ')[1])).toEqual([
    '2001:db8::5/128',
    'fe80::f816:3eff:fe15:f846/128',
    'comment',
  ]);
});

it('a guest whose groups are stateless is not tracked', () => {
  const stateless = (groups.security_groups[webGroup] ?? []).map((one) => ({
    ...one,
    stateful: false as const,
  }));
  const tables = firewallTables(
    { ...firewall, groups: { ...groups, security_groups: { [webGroup]: stateless } } },
    4,
  );
  const id = vm01.port_id;
  expect(tables.raw?.['neutron-openvswi-PREROUTING']).toEqual(
    [
      `-m physdev --physdev-in qvb${id.slice(0, 11)}`,
      `-i qvb${id.slice(0, 11)}`,
      `-m physdev --physdev-in tap${id.slice(0, 11)}`,
    ].map((match) => `${match} -m comment --comment "Make ${id} stateless" -j CT --notrack`),
  );
  expect(tables.filter).toEqual(firewallTables(firewall, 4).filter);
  expect(recordedZones(tables, scheme)).toEqual(new Map());
});

it('zones are kept, and new ports get the lowest free one from 4097', () => {
  const recorded = recordedZones(parseTables(fixture('neutron-guest-rules.txt')), scheme);
  expect(recorded).toEqual(new Map([[vm01.port_id, 4099]]));
  expect([...assignZones(['a', 'b', vm01.port_id], recorded)].sort()).toEqual([
    ['a', 4097],
    ['b', 4098],
    [vm01.port_id, 4099],
  ]);
});

it('every kind of rule is spelt as iptables-save prints it', () => {
  const cases: [Parameters<typeof rule>[0], string][] = [
    [{ protocol: 'udp', port_range_min: 53, port_range_max: 53 }, '-p udp -m udp --dport 53 -j RETURN'],
    [{ protocol: 'icmp', port_range_min: 8, port_range_max: 0 }, '-p icmp -m icmp --icmp-type 8/0 -j RETURN'],
    [{ protocol: 'icmp', port_range_min: 3 }, '-p icmp -m icmp --icmp-type 3 -j RETURN'],
    [{ protocol: '47' }, '-p 47 -j RETURN'],
    [{ protocol: 'gre' }, '-p 47 -j RETURN'],
    [{ protocol: '6' }, '-p tcp -j RETURN'],
    [{ remote_ip_prefix: '10.1.2.3/16' }, '-s 10.1.0.0/16 -j RETURN'],
    [{ remote_ip_prefix: '0.0.0.0/0', protocol: 'tcp' }, '-p tcp -j RETURN'],
  ];
  for (const [given, text] of cases) expect(allowRules(spec([rule(given)]), 'ingress')).toEqual([text]);
  expect(allowRules(spec([rule({ direction: 'egress', remote_ip_prefix: '10.0.0.1' })]), 'egress')).toEqual([
    '-d 10.0.0.1/32 -j RETURN',
  ]);
  const icmpv6 = rule({ ethertype: 'IPv6', protocol: 'icmp', port_range_min: 128, port_range_max: 0 });
  expect(allowRules({ ...spec([icmpv6]), family: 6 }, 'ingress')).toEqual([
    '-p ipv6-icmp -m icmp6 --icmpv6-type 128/0 -j RETURN',
  ]);
});

it('the same rule in two groups is loaded once, and a group without members lets nobody in', () => {
  expect(allowRules(spec([rule({ protocol: 'tcp' }), rule({ protocol: 'tcp' })]), 'ingress')).toHaveLength(1);
  expect(allowRules(spec([rule({ remote_group_id: 'nobody' })]), 'ingress')).toEqual([]);
});

it('without ipset every member gets a rule', () => {
  const rules = allowRules({ spec: vm01, family: 4, groups, usesIpset: false }, 'ingress');
  expect(rules.filter((line) => line.includes('8000:8010')).map((line) => line.split(' ')[1])).toEqual([
    '192.168.101.102/32',
    '10.99.0.0/24',
    '192.168.101.21/32',
  ]);
});

it('a set has the members of a remote group as ipset prints them, any address as two halves', () => {
  const [set] = memberSets([vm01], groups, [4]);
  expect(set?.name).toBe('NIPv4e3eb0d0a-180b-4d78-915f-');
  expect([...set!.members]).toEqual(['192.168.101.102', '10.99.0.0/24', '192.168.101.21']);
  const any = { ...groups, sg_member_ips: { [webGroup]: { IPv4: ['0.0.0.0/0'], IPv6: [] } } };
  expect([...memberSets([vm01], any, [4])[0]!.members]).toEqual(['0.0.0.0/1', '128.0.0.0/1']);
  expect(setName(webGroup, 4)).toHaveLength(29);
});

it('advertisements of the routers of the network are let in, of nobody else', () => {
  const guarded = [{ spec: { ...vm01, ra_sources: ['fe80::1'] }, zone: 4099 }];
  const chains = Object.values(firewallTables({ ...firewall, guarded }, 6).filter!).flat();
  expect(chains.filter((rule) => rule.includes('--icmpv6-type 134') && rule.includes('RETURN'))).toEqual([
    '-s fe80::1/128 -p ipv6-icmp -m icmp6 --icmpv6-type 134 -j RETURN',
  ]);
});
