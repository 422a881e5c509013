// The commands of the guide, section by section and in its order, with the ids of this cloud for its placeholders.
import { randomUUID } from 'node:crypto';
import type { Typist } from './typist.ts';

/** A section: how many commands of the guide it has, and how they are typed. */
export interface Section {
  commands: number;
  /** `prepare` types what the guide takes for granted and answers with the id made; it does not count. */
  type(typist: Typist, prepare: (...argv: string[]) => Promise<string>): Promise<void>;
}

const words = (text: string) => text.split(' ');
const row = (field: string, value: string) => new RegExp(`${field} +\\| ${value} `);

async function typePublic(typist: Typist, tenant: string): Promise<void> {
  await typist.type(
    words(
      `net-create --tenant-id ${tenant} public01 --provider:network_type flat --provider:physical_network physnet1 --router:external True`,
    ),
    { has: row('router:external', 'True') },
  );
  await typist.type(
    words(
      `subnet-create --tenant-id ${tenant} --name public01_subnet01 --gateway 10.64.201.254 public01 10.64.201.0/24 --disable-dhcp`,
    ),
    { has: row('gateway_ip', '10.64.201.254') },
  );
}

async function typeNetwork(
  typist: Typist,
  network: { tenant: string; number: string; vlan: number; cidr: string; router: string },
): Promise<void> {
  const { tenant, number, vlan, cidr, router } = network;
  await typist.type(
    words(
      `net-create --tenant-id ${tenant} net${number} --provider:network_type vlan --provider:physical_network physnet2 --provider:segmentation_id ${vlan}`,
    ),
    { has: row('provider:segmentation_id', String(vlan)) },
  );
  await typist.type(
    words(`subnet-create --tenant-id ${tenant} --name net${number}_subnet01 net${number} ${cidr}`),
  );
  await typist.type(words(`router-interface-add ${router} net${number}_subnet01`));
}

/** One tenant, two networks, one router. */
const oneTenant: Section = {
  commands: 10,
  async type(typist) {
    await typist.type(words('router-create router01'));
    await typePublic(typist, await typist.project('service'));
    await typist.type(words('router-gateway-set router01 public01'));
    const own = { tenant: await typist.project('demo'), router: 'router01' };
    await typeNetwork(typist, { ...own, number: '01', vlan: 101, cidr: '192.168.101.0/24' });
    await typeNetwork(typist, { ...own, number: '02', vlan: 102, cidr: '192.168.102.0/24' });
  },
};

/** Two tenants with a router and a network each. */
const twoTenants = (secondCidr: string): Section => ({
  commands: 12,
  async type(typist) {
    await typePublic(typist, await typist.project('service'));
    for (const [name, number, vlan, cidr] of [
      ['tenantA', '01', 101, '192.168.101.0/24'],
      ['tenantB', '02', 102, secondCidr],
    ] as const) {
      const tenant = await typist.project(name);
      const router = `router${number}`;
      await typist.type(words(`router-create --tenant-id ${tenant} ${router}`));
      await typist.type(words(`router-gateway-set ${router} public01`));
      await typeNetwork(typist, { tenant, number, vlan, cidr, router });
    }
  },
});

const routerShape: Section = {
  commands: 1,
  async type(typist) {
    const rows = [
      /^Created a new router:/,
      /^\| admin_state_up +\| True /m,
      /^\| external_gateway_info +\| /m,
      /^\| id +\| [0-9a-f-]{36} /m,
      /^\| name +\| myrouter1 /m,
      /^\| status +\| ACTIVE /m,
      /^\| tenant_id +\| [0-9a-f]{32} /m,
    ];
    const all = rows.map(({ source }) => `(?=[^]*${source})`).join('');
    await typist.type(words('router-create myrouter1'), { has: new RegExp(`^${all}`, 'm') });
  },
};

const externalSubnets: Section = {
  commands: 2,
  async type(typist, prepare) {
    await prepare('net-create', 'my-ext_network', '--router:external', 'True');
    await typist.type(words('subnet-create my-ext_network 203.0.113.0/29'));
    await typist.type(words('subnet-create my-ext_network 10.0.0.0/29'));
  },
};

const providerNetworks: Section = {
  commands: 5,
  async type(typist) {
    const tenant = await typist.project('demo');
    const isLocal = { has: row('provider:network_type', 'local') };
    await typist.type(
      words(`net-create prov-local --tenant_id ${tenant} --provider:network_type local`),
      isLocal,
    );
    await typist.type(words('net-show prov-local'), isLocal);
    for (const more of [
      'flat --provider:physical_network physnet1',
      'vlan --provider:physical_network physnet2 --provider:segmentation_id 103',
      'gre --provider:segmentation_id 700',
    ])
      await typist.type(
        words(`net-create prov-${more.split(' ')[0]} --tenant_id ${tenant} --provider:network_type ${more}`),
      );
  },
};

/** The table of the basic layer 3 operations. */
const layer3: Section = {
  commands: 26,
  async type(typist, prepare) {
    const has = (...parts: string[]) => ({ has: new RegExp(parts.join('')) });
    const external = await typist.type(words('net-create public --router:external True'), {
      has: row('router:external', 'True'),
    });
    await typist.type(words('subnet-create public 172.16.1.0/24'));
    await typist.type(words('net-list -- --router:external True'), has(external));
    await typist.type(words('net-create net1'));
    const subnet1 = await typist.type(words('subnet-create net1 10.0.0.0/24'));
    await typist.type(words('net-create net2'));
    const subnet2 = await typist.type(words('subnet-create net2 10.0.1.0/24'));
    const router = await typist.type(words('router-create router1'));
    await typist.type(words(`router-interface-add router1 ${subnet1}`));
    await typist.type(words(`router-interface-add router1 ${subnet2}`));
    await typist.type(words(`router-gateway-set router1 ${external}`));
    await typist.type(words('router-list'), has(router));
    await typist.type(words(`router-show ${router}`), has(external));
    await typist.type(words(`router-port-list ${router}`), has('10.0.1.1'));
    await typist.type(words('router-port-list router1'), has('10.0.0.1'));
    const [first, second] = [randomUUID(), randomUUID()];
    const owned = (device: string) => ['--device-id', device, '--device_owner', 'compute:nova'];
    const port1 = await prepare('port-create', 'net1', ...owned(first));
    const port2 = await prepare('port-create', 'net1', ...owned(second));
    await typist.type(
      words(`port-list -c id -c fixed_ips -- --device_id ${first}`),
      has(port1, '.*ip_address'),
    );
    const floating = await typist.type(words(`floatingip-create ${external}`));
    await typist.type(words(`floatingip-associate ${floating} ${port1}`), has('Associated floating IP'));
    await typist.type(words(`floatingip-create --port_id ${port2} ${external}`), {
      has: row('port_id', port2),
    });
    await typist.type(words('floatingip-list'), has(floating));
    await typist.type(words(`floatingip-list -- --port_id ${port1}`), {
      ...has(floating),
      lacks: new RegExp(port2),
    });
    await typist.type(words(`floatingip-disassociate ${floating}`));
    await typist.type(words(`floatingip-delete ${floating}`));
    await prepare('port-delete', port2);
    await typist.type(words('router-gateway-clear router1'));
    await typist.type(words(`router-interface-delete router1 ${subnet1}`));
    await prepare('router-interface-delete', 'router1', subnet2);
    await typist.type(words('router-delete router1'));
  },
};

const securityGroups: Section = {
  commands: 8,
  async type(typist, prepare) {
    const description = 'security group for webservers';
    const group = await typist.type(['security-group-create', 'webservers', '--description', description], {
      has: new RegExp(description),
    });
    await typist.type(words('security-group-list'), { has: new RegExp(group) });
    const rule = await typist.type(
      words(
        `security-group-rule-create --direction ingress --protocol tcp --port_range_min 80 --port_range_max 80 ${group}`,
      ),
      { has: row('port_range_max', '80') },
    );
    await typist.type(words('security-group-rule-list'), { has: new RegExp(rule) });
    await typist.type(words(`security-group-rule-delete ${rule}`));
    await typist.type(words(`security-group-delete ${group}`));
    const group1 = await prepare('security-group-create', 'sg1');
    const group2 = await prepare('security-group-create', 'sg2');
    const network = await prepare('net-create', 'sgnet');
    await prepare('subnet-create', 'sgnet', '10.0.9.0/24');
    const port = await typist.type(
      words(`port-create --security-group ${group1} --security-group ${group2} ${network}`),
      { has: new RegExp(group2) },
    );
    await typist.type(words(`port-update --no-security-groups ${port}`));
  },
};

const metering: Section = {
  commands: 12,
  async type(typist, prepare) {
    const text = 'DESCRIPTION_LABEL1';
    const label = await typist.type(['meter-label-create', 'LABEL1', '--description', text], {
      has: new RegExp(text),
    });
    const isIt = { has: new RegExp(label) };
    await typist.type(words('meter-label-list'), isIt);
    await typist.type(words(`meter-label-show ${label}`));
    await typist.type(words('meter-label-show LABEL1'), isIt);
    const isExcluded = { has: row('excluded', 'True') };
    const rule = await typist.type(
      words(`meter-label-rule-create ${label} 30.0.0.0/24 --direction egress --excluded`),
      isExcluded,
    );
    await typist.type(words('meter-label-rule-create LABEL1 10.0.0.0/24 --direction ingress'), {
      has: row('direction', 'ingress'),
    });
    await typist.type(words('meter-label-rule-create LABEL1 20.0.0.0/24 --excluded'), isExcluded);
    await typist.type(words('meter-label-rule-list'), { has: new RegExp(rule) });
    await typist.type(words(`meter-label-rule-show ${rule}`));
    await typist.type(words(`meter-label-rule-delete ${rule}`));
    await typist.type(words(`meter-label-delete ${label}`));
    await prepare('meter-label-create', 'LABEL1');
    await typist.type(words('meter-label-delete LABEL1'));
  },
};

const one = (type: Section['type']): Section => ({ commands: 1, type });

/** The same client with the settings of an L3 agent: Identity version 2.0. */
const identity2 = one((typist) =>
  typist.typeAs(
    {
      ...{ OS_AUTH_URL: 'http://controller:5000/v2.0', OS_TENANT_NAME: 'admin' },
      ...{ OS_PROJECT_NAME: undefined, OS_USER_DOMAIN_NAME: undefined, OS_PROJECT_DOMAIN_NAME: undefined },
      OS_IDENTITY_API_VERSION: undefined,
    },
    ['net-list'],
  ),
);

export const sections: Record<string, Section> = {
  ovs1: oneTenant,
  ovs2: twoTenants('192.168.102.0/24'),
  lb1: oneTenant,
  // as the guide has it: both tenants have the same range
  lb2: twoTenants('192.168.101.0/24'),
  dvr: one(async (typist) => void (await typist.type(words('router-create dvr1')))),
  'router-shape': routerShape,
  'ext-subnets': externalSubnets,
  provider: providerNetworks,
  l3: layer3,
  secgroups: securityGroups,
  metering,
  troubleshoot: one(async (typist) => void (await typist.type(['net-list']))),
  'auth-v2': identity2,
};
