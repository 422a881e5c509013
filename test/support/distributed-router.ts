// A distributed router with two networks, a gateway and a floating IP, as the server describes it to one of its hosts.
// Names, addresses and numbers are those of a recorded real one.
import type { FloatingIpSpec, RouterPortSpec, RouterSpec } from '../../server/cloud/model/specs.ts';
import { portSpec, routerPortSpec, routerSpec, subnetSpec, uuid } from './network-specs.ts';

export const routerId = uuid('fa96af8c-6090');
export const externalId = uuid('f1c765a4');
export const net01 = subnetSpec({ id: uuid('9055c60a'), cidr: '192.168.101.0/24' });
export const net02 = subnetSpec({ id: uuid('df203e60'), cidr: '192.168.102.0/24' });
export const public01 = subnetSpec({
  ...{ id: uuid('5c1bf0a3'), cidr: '10.64.201.0/24' },
  ...{ gateway_ip: '10.64.201.254', network_id: externalId },
});

const port = (id: string, mac: string, subnet: typeof net01, address: string, mtu: number): RouterPortSpec =>
  routerPortSpec(portSpec({ id: uuid(id), mac, subnet, address }), [subnet], { mtu });

export const qr1 = port('a5ad5119-1c', 'fa:16:3e:3a:45:49', net01, '192.168.101.1', 1450);
export const qr2 = port('537546c0-21', 'fa:16:3e:74:b1:dd', net02, '192.168.102.1', 1450);
export const sg1 = port('25befafb-0f', 'fa:16:3e:89:db:68', net01, '192.168.101.29', 1450);
export const sg2 = port('4ae977ad-3a', 'fa:16:3e:1e:68:2e', net02, '192.168.102.74', 1450);
export const gateway = port('49a845ca-5a', 'fa:16:3e:37:53:f3', public01, '10.64.201.91', 1500);
export const agentGateway = port('02cd15eb-47', 'fa:16:3e:da:ce:04', public01, '10.64.201.229', 1500);

export const floatingIp = (given: Partial<FloatingIpSpec> = {}): FloatingIpSpec => ({
  id: uuid('6248b692'),
  floating_ip_address: '10.64.201.21',
  fixed_ip_address: '192.168.101.21',
  port_id: uuid('71f776e5'),
  status: 'DOWN',
  host: 'gold-b',
  ...given,
});

const neighbour = (subnet: typeof net01, ip_address: string, mac_address: string) => ({
  ...{ subnet_id: subnet.id, ip_address, mac_address },
});

/** `dvr` changes what concerns the host. */
export const distributedRouter = (
  given: Partial<RouterSpec> = {},
  dvr: Partial<NonNullable<RouterSpec['dvr']>> = {},
): RouterSpec & { dvr: NonNullable<RouterSpec['dvr']> } => ({
  ...routerSpec({
    ...{ id: routerId, external_network_id: externalId, gw_port: gateway, interfaces: [qr1, qr2] },
    ...{ floatingips: [floatingIp()], ...given },
  }),
  dvr: {
    snat_interfaces: [sg1, sg2],
    gw_port_host: 'gold-a',
    agent_gateway: agentGateway,
    neighbours: [
      neighbour(net01, '192.168.101.2', 'fa:16:3e:f5:a1:63'),
      neighbour(net01, '192.168.101.21', 'fa:16:3e:90:86:c1'),
      neighbour(net02, '192.168.102.2', 'fa:16:3e:a0:23:b9'),
      neighbour(net02, '192.168.102.74', 'fa:16:3e:1e:68:2e'),
    ],
    ...dvr,
  },
});
