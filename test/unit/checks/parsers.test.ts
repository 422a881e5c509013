// What the tools print, as recorded in nodes, and what the checks read from it.
import { expect, it } from 'vitest';
import { parseServices } from '../../../server/appliance/checks/diagnose.ts';
import { parseOpenrc } from '../../../server/appliance/checks/cloud.ts';
import { valueAt } from '../../../server/appliance/checks/kinds/api.ts';
import { parseFrames, tunnelFilter } from '../../../server/appliance/checks/frames.ts';
import { parseLeases } from '../../../server/appliance/checks/kinds/dhcp-lease.ts';
import { parseNslookup } from '../../../server/appliance/checks/kinds/dns.ts';
import { parseTrace } from '../../../server/appliance/checks/kinds/flow-trace.ts';
import { parseFlows } from '../../../server/appliance/checks/kinds/flow.ts';
import { parseDevice } from '../../../server/appliance/checks/kinds/interface.ts';
import { parseRules } from '../../../server/appliance/checks/kinds/iptables.ts';
import { parseNetns } from '../../../server/appliance/checks/kinds/namespace.ts';

it('reads flows with their match, and a VLAN id set in either spelling', () => {
  const flows = parseFlows(
    [
      ' cookie=0x1a2b, table=0, priority=4,in_port="phy-br-eth1",dl_vlan=1 actions=mod_vlan_vid:101,NORMAL',
      ' cookie=0x1a2b, priority=3,in_port="int-br-eth1",vlan_tci=0x0000/0x1fff actions=set_field:4197->vlan_vid,resubmit(,60)',
      ' priority=0 actions=NORMAL',
    ].join('\n'),
  );
  expect(flows[0]).toMatchObject({
    ...{ table: '0', priority: 4, match: { in_port: 'phy-br-eth1', dl_vlan: '1' } },
    actions: ['mod_vlan_vid:101', 'NORMAL'],
  });
  expect(flows[1]!.actions).toEqual(['mod_vlan_vid:101', 'resubmit(,60)']);
  expect(flows[2]).toMatchObject({ match: {}, actions: ['NORMAL'] });
});

it('follows a trace to the devices and the tags the packet leaves with', () => {
  const trace =
    'Flow: icmp\n\nbridge("br-int")\n 0. priority 0\n\nDatapath actions: push_vlan(vid=101,pcp=0),eth1,pop_vlan,qvo12\n';
  expect(parseTrace(trace).outputs).toEqual([
    { device: 'eth1', vlan: 101 },
    { device: 'qvo12', vlan: undefined },
  ]);
  expect(parseTrace('Datapath actions: drop\n').outputs).toEqual([]);
});

it('reads tagged and untagged frames of a capture', () => {
  const [tagged, untagged] = parseFrames(
    [
      '10:00:00.1 fa:16:3e:aa:aa:aa > fa:16:3e:bb:bb:bb, ethertype 802.1Q (0x8100), length 102: vlan 101, p 0, ethertype IPv4 (0x0800), 192.168.101.3 > 192.168.101.1: ICMP echo request, id 1, seq 0, length 64',
      '10:00:00.2 fa:16:3e:bb:bb:bb > fa:16:3e:aa:aa:aa, ethertype IPv4 (0x0800), length 98: 192.168.101.1 > 192.168.101.3: ICMP echo reply, id 1, seq 0, length 64',
      '2 packets captured',
    ].join('\n'),
  );
  expect(tagged).toMatchObject({
    vlan: '101',
    sourceMac: 'fa:16:3e:aa:aa:aa',
    targetMac: 'fa:16:3e:bb:bb:bb',
  });
  expect(untagged!.vlan).toBeUndefined();
});

it('reads the leases of dnsmasq and leaves its own identifier out', () => {
  expect(
    parseLeases(
      '1700086400 FA:16:3e:aa:aa:aa 192.168.101.3 host-192-168-101-3 01:fa:16:3e:aa:aa:aa\nduid 00:01:00\n',
    ),
  ).toEqual([{ mac: 'fa:16:3e:aa:aa:aa', address: '192.168.101.3', name: 'host-192-168-101-3' }]);
});

it('reads answers of nslookup without the address of the server', () => {
  const bind =
    'Server:\t\t203.0.113.53\nAddress:\t203.0.113.53#53\n\nName:\twww.example.com\nAddress: 203.0.113.80\n';
  expect(parseNslookup(bind)).toEqual(['203.0.113.80']);
  expect(
    parseNslookup("Server: 203.0.113.53\nAddress: 203.0.113.53:53\n\n** server can't find x: NXDOMAIN\n"),
  ).toEqual([]);
});

it('reads a device with its bridge, its peer and its addresses', () => {
  const json = JSON.stringify([
    {
      ...{
        ifname: 'qvb12',
        link: 'qvo12',
        flags: ['BROADCAST', 'UP'],
        master: 'qbr12',
        address: 'aa:bb:cc:00:00:01',
      },
      addr_info: [{ family: 'inet', local: '10.0.0.1', prefixlen: 24 }],
    },
  ]);
  expect(parseDevice(json)).toEqual({
    ...{ name: 'qvb12', isUp: true, mac: 'aa:bb:cc:00:00:01', master: 'qbr12', peer: 'qvo12' },
    addresses: ['10.0.0.1/24'],
  });
  expect(parseDevice('[{}]')).toBeUndefined();
});

it('reads rules with and without counters', () => {
  expect(
    parseRules(
      '*nat\n:PREROUTING ACCEPT [0:0]\n-A PREROUTING -j x-PREROUTING\n[1:60] -A x -j ACCEPT\nCOMMIT\n',
    ),
  ).toEqual([
    { chain: 'PREROUTING', text: '-A PREROUTING -j x-PREROUTING' },
    { chain: 'x', text: '-A x -j ACCEPT' },
  ]);
});

it('reads namespaces without their ids', () => {
  expect(parseNetns('qrouter-1 (id: 0)\nqdhcp-2\n')).toEqual(['qrouter-1', 'qdhcp-2']);
});

it('reads the states of services', () => {
  const states = parseServices(
    'run: neutron-l3-agent: (pid 12) 30s\ndown: ovs-vswitchd: 1s, normally up\nfail: nova-api: unable to open supervise/ok\n',
  );
  expect([...states]).toEqual([
    ['neutron-l3-agent', 'run'],
    ['ovs-vswitchd', 'down'],
    ['nova-api', 'fail'],
  ]);
});

it('reads the account of an openrc file, quoted or not', () => {
  expect(
    parseOpenrc('export OS_USERNAME=admin\nexport OS_PASSWORD=\'s3 cret\'\nexport OS_TENANT_NAME="admin"\n'),
  ).toEqual({
    username: 'admin',
    password: 's3 cret',
    project: 'admin',
  });
});

it('follows a path into an answer, through lists and names with colons', () => {
  const body = {
    networks: [
      { 'router:external': true, ports: [1] },
      { 'router:external': false, ports: [2] },
    ],
  };
  expect(valueAt(body, 'networks.0.router:external')).toBe(true);
  expect(valueAt(body, 'networks.*.router:external')).toEqual([true, false]);
  expect(valueAt(body, 'networks.7.id')).toBeUndefined();
});

it('reads frames inside tunnels, with what is around them', () => {
  const stdout = [
    '01:45:42.916977 46:89:34:4a:3a:46 > ba:29:a9:88:dd:45, ethertype IPv4 (0x0800), length 148: 192.168.1.12.49412 > 192.168.1.13.4789: VXLAN, flags [I] (0x08), vni 1001',
    'fa:16:3e:e1:48:1e > fa:16:3e:9c:32:20, ethertype IPv4 (0x0800), length 98: 192.168.50.3 > 192.168.50.4: ICMP echo request, id 96, seq 1, length 64',
    '01:45:39.338833 46:89:34:4a:3a:46 > ba:29:a9:88:dd:45, ethertype IPv4 (0x0800), length 84: 192.168.1.12 > 192.168.1.13: GREv0, key=0x309, proto TEB (0x6558), length 50: 66:50:bd:ed:95:43 > ff:ff:ff:ff:ff:ff, ethertype 802.1Q (0x8100), length 46: vlan 7, p 0, ethertype ARP (0x0806), Request who-has 10.99.0.2 tell 10.99.0.1, length 28',
    '',
  ].join('\n');
  const [vxlan, gre] = parseFrames(stdout);
  expect(vxlan).toMatchObject({
    ...{ sourceMac: 'fa:16:3e:e1:48:1e', vlan: undefined },
    text: expect.stringMatching(/^fa:16:3e:e1:48:1e > .* ICMP echo request/),
    tunnel: { type: 'vxlan', id: '1001', from: '192.168.1.12', to: '192.168.1.13' },
  });
  expect(gre).toMatchObject({
    ...{ sourceMac: '66:50:bd:ed:95:43', vlan: '7' },
    tunnel: { type: 'gre', id: '777', from: '192.168.1.12', to: '192.168.1.13' },
  });
});

it('writes expressions for what is inside a tunnel', () => {
  expect(tunnelFilter('vxlan', 4789, undefined)).toBe('udp dst port 4789');
  expect(tunnelFilter('vxlan', 4789, 'icmp')).toBe(
    'udp dst port 4789 and ((udp[28:2] = 2048 and udp[39] = 1) or (udp[28:2] = 33024 and udp[32:2] = 2048 and udp[43] = 1))',
  );
  expect(tunnelFilter('gre', 4789, 'arp')).toBe(
    'ip proto 47 and ((ip[40:2] = 2054) or (ip[40:2] = 33024 and ip[44:2] = 2054))',
  );
});
