// A highly available router: keepalived's configuration, against Neutron's for the same router, and what each state needs.
import { expect, it } from 'vitest';
import type { NamespaceActual } from '../../../../server/cloud/agents/l3/actual.ts';
import { targetOf } from '../../../../server/cloud/agents/l3/desired.ts';
import { inState } from '../../../../server/cloud/agents/l3/ha/keepalived.ts';
import { planRouter } from '../../../../server/cloud/agents/l3/plan.ts';
import { placesOf } from '../../../../server/cloud/agents/l3/target.ts';
import { l3Options } from '../../../../server/cloud/model/options/l3.ts';
import { loadConfig } from '../../../../server/lib/config.ts';
import { portSpec, routerPortSpec, routerSpec, subnetSpec, uuid } from '../../../support/network-specs.ts';

const { DEFAULT: config } = loadConfig({ DEFAULT: l3Options }, []);
const port = (id: string, mac: string, cidr: string, address: string, gateway_ip: string | null) => {
  const subnet = subnetSpec({ id: uuid(id.slice(0, 8)), cidr, gateway_ip });
  return routerPortSpec(portSpec({ id: uuid(id), mac, subnet, address }), [subnet]);
};
const router = routerSpec({
  id: uuid('0063abbb'),
  external_network_id: 'public01',
  gw_port: port('38716635-20', 'fa:16:3e:3f:55:f9', '10.64.201.0/24', '10.64.201.211', '10.64.201.254'),
  interfaces: [port('ded9b324-af', 'fa:16:3e:c7:50:cd', '192.168.110.0/24', '192.168.110.1', null)],
  ha: {
    vr_id: 91,
    priority: 50,
    port: port('23cc5c50-8a', 'fa:16:3e:4a:c9:f1', '169.254.192.0/18', '169.254.195.141', null),
  },
});
const withOptions = (options: Partial<typeof config>) =>
  targetOf(router, { ...config, ...options })!.namespaces[0]!;
const keepalived = (options: Partial<typeof config> = {}) => withOptions(options).daemons[0]!;

it('keepalived is configured as Neutron configures it', () => {
  expect(keepalived({ ha_vrrp_advert_int: 2 }).config).toBe(`\
global_defs {
    notification_email_from neutron@openstack.local
    router_id neutron
    vrrp_version 2
}
vrrp_instance VR_91 {
    state BACKUP
    interface ha-23cc5c50-8a
    virtual_router_id 91
    priority 50
    garp_master_delay 60
    nopreempt
    advert_int 2
    track_interface {
        ha-23cc5c50-8a
    }
    virtual_ipaddress {
        169.254.0.91/24 dev ha-23cc5c50-8a
    }
    virtual_ipaddress_excluded {
        10.64.201.211/24 dev qg-38716635-20 no_track
        192.168.110.1/24 dev qr-ded9b324-af no_track
        fe80::f816:3eff:fe3f:55f9/64 dev qg-38716635-20 scope link no_track
        fe80::f816:3eff:fec7:50cd/64 dev qr-ded9b324-af scope link no_track
    }
    virtual_routes {
        0.0.0.0/0 via 10.64.201.254 dev qg-38716635-20 no_track
    }
}
`);
});

it('parts of a second need version 3, a password version 2', () => {
  expect(keepalived().config).toContain('vrrp_version 3');
  expect(keepalived().config).not.toContain('authentication');
  const withPassword = keepalived({ ha_vrrp_auth_password: 'secret', ha_vrrp_advert_int: 1 });
  expect(withPassword.config).toContain('auth_type PASS\n        auth_pass secret');
  expect(withPassword.config).toContain('vrrp_version 2');
});

it('translated connections keep their ports, for a host that does not know them', () => {
  const { nat } = withOptions({}).wanted.tables;
  expect(nat!['neutron-l3-agent-snat']).toContain('-o qg-38716635-20 -j SNAT --to-source 10.64.201.211');
});

it('a standby keeps its devices and keepalived, and nothing that the active one has', () => {
  const { wanted, daemons, announced } = inState(withOptions({}), 'backup');
  expect(wanted.devices.map(({ name, addresses }) => [name, addresses])).toEqual([
    ['ha-23cc5c50-8a', ['169.254.195.141/18']],
    ['qr-ded9b324-af', []],
    ['qg-38716635-20', []],
  ]);
  expect(wanted.routes).toEqual([]);
  expect(daemons.map(({ program }) => program)).toEqual(['keepalived']);
  expect(announced).toEqual([]);
});

it('whoever takes over announces all its addresses and notes its state', () => {
  const target = targetOf(router, config)!;
  const [place] = placesOf(config, router.id);
  const actual: NamespaceActual = {
    own: place!.own,
    notedState: 'backup',
    daemons: [],
    found: {
      exists: true,
      addresses: [
        { dev: 'ha-23cc5c50-8a', cidr: '169.254.0.91/24', family: 4, scope: 'global', isReady: true },
      ],
      ...{ links: [], routes: [], rules: [], neighbours: [], sysctls: {}, tables: {}, ports: new Map() },
    },
  };
  const steps = planRouter(target, [actual]);
  expect(steps.flatMap((step) => (step.kind === 'announce' ? [step.address] : []))).toEqual([
    '192.168.110.1',
    '10.64.201.211',
  ]);
  expect(steps.at(-1)).toMatchObject({ kind: 'note-state', state: 'primary' });
});
