import { expect, it } from 'vitest';
import { stateLines, type NetworkState } from '../../../server/host/guest-network-state.ts';

const forever = { valid_life_time: 4294967295, preferred_life_time: 4294967295 };
const state: NetworkState = {
  devices: [
    {
      ...{ ifname: 'lo', mtu: 65536, address: '00:00:00:00:00:00', flags: ['LOOPBACK', 'UP', 'LOWER_UP'] },
      addr_info: [{ family: 'inet', local: '127.0.0.1', prefixlen: 8, scope: 'host', ...forever }],
    },
    {
      ...{ ifname: 'eth0', mtu: 1450, address: 'fa:16:3e:00:00:01', flags: ['BROADCAST', 'UP'] },
      addr_info: [
        {
          ...{ family: 'inet', local: '10.1.0.5', prefixlen: 24, broadcast: '10.1.0.255', scope: 'global' },
          ...forever,
        },
        {
          ...{ family: 'inet6', local: '2001:db8::5', prefixlen: 64, scope: 'global' },
          ...{ valid_life_time: 86000, preferred_life_time: 14000 },
        },
      ],
    },
    {
      ...{ ifname: 'eth1', mtu: 1450, address: 'fa:16:3e:00:00:02', flags: ['BROADCAST'], addr_info: [] },
    },
  ],
  routes: [
    [
      {
        type: 'unicast',
        dst: 'default',
        gateway: '10.1.0.1',
        dev: 'eth0',
        protocol: 'boot',
        scope: 'global',
        flags: [],
      },
      {
        type: 'unicast',
        dst: '10.1.0.0/24',
        dev: 'eth0',
        protocol: 'kernel',
        scope: 'link',
        prefsrc: '10.1.0.5',
      },
      { type: 'local', dst: '10.1.0.5', dev: 'eth0', table: 'local', protocol: 'kernel', scope: 'host' },
      {
        type: 'unicast',
        dst: '10.9.0.0/24',
        gateway: '10.9.0.1',
        dev: 'eth0',
        protocol: 'static',
        table: '7',
        flags: ['onlink'],
      },
    ],
    [
      {
        type: 'unicast',
        dst: 'default',
        gateway: 'fe80::1',
        dev: 'eth0',
        protocol: 'ra',
        metric: 1024,
        expires: 1700,
      },
    ],
  ],
};

it('sets addresses before the devices are up and routes after, and leaves to the kernel what it makes itself', () => {
  expect(stateLines(state).map((words) => words.join(' '))).toEqual([
    'address replace 127.0.0.1/8 dev lo scope host',
    'link set dev eth0 mtu 1450 address fa:16:3e:00:00:01',
    'address replace 10.1.0.5/24 dev eth0 scope global broadcast 10.1.0.255',
    'address replace 2001:db8::5/64 dev eth0 scope global nodad valid_lft 86000 preferred_lft 14000',
    'link set dev eth1 mtu 1450 address fa:16:3e:00:00:02',
    'link set dev lo up',
    'link set dev eth0 up',
    'link set dev eth1 down',
    'route replace unicast 0.0.0.0/0 via 10.1.0.1 dev eth0 proto boot scope global',
    'route replace unicast 10.9.0.0/24 via 10.9.0.1 dev eth0 proto static table 7 onlink',
    'route replace unicast ::/0 via fe80::1 dev eth0 proto ra metric 1024 expires 1700',
  ]);
});
