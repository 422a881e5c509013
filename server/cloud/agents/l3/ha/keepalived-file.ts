// The configuration of keepalived for one highly available router, spelt as Neutron spells it. Pure.
import type { WantedDevice, WantedRoute } from '../../namespace-plan.ts';

export interface VrrpInstance {
  id: number;
  priority: number;
  /** The `ha-` device. */
  device: string;
  /** Address that only the active host has, with prefix length. */
  vip: string;
  advertSeconds: number;
  auth?: { type: string; password: string };
  /** Devices whose addresses come and go with the state. */
  devices: WantedDevice[];
  routes: WantedRoute[];
}

/** Version 2 counts in whole seconds and has passwords; version 3 neither. */
const versionOf = (advertSeconds: number) => (Number.isInteger(advertSeconds) ? 2 : 3);

export function renderKeepalived(vrrp: VrrpInstance): string {
  const { id, device, advertSeconds, auth } = vrrp;
  const addresses = vrrp.devices.flatMap(({ name, addresses }) =>
    addresses.map((cidr) => `${cidr} dev ${name} ${isLinkLocal(cidr) ? 'scope link ' : ''}no_track`),
  );
  return `global_defs {
    notification_email_from neutron@openstack.local
    router_id neutron
    vrrp_version ${versionOf(advertSeconds)}
}
vrrp_instance VR_${id} {
    state BACKUP
    interface ${device}
    virtual_router_id ${id}
    priority ${vrrp.priority}
    garp_master_delay 60
    nopreempt
    advert_int ${advertSeconds}
${auth === undefined ? '' : block('authentication', [`auth_type ${auth.type}`, `auth_pass ${auth.password}`])}\
${block('track_interface', [device])}\
${block('virtual_ipaddress', [`${vrrp.vip} dev ${device}`])}\
${block('virtual_ipaddress_excluded', addresses.toSorted())}\
${block('virtual_routes', vrrp.routes.map(routeLine))}\
}
`;
}

const block = (name: string, lines: readonly string[]) =>
  lines.length === 0 ? '' : `    ${name} {\n${lines.map((line) => `        ${line}\n`).join('')}    }\n`;

const isLinkLocal = (cidr: string) => /^fe80:/i.test(cidr);

function routeLine({ destination, nexthop, dev }: WantedRoute): string {
  const everything = nexthop?.includes(':') ? '::/0' : '0.0.0.0/0';
  const to = destination === 'default' ? everything : destination;
  return `${to} ${nexthop === undefined ? '' : `via ${nexthop} `}dev ${dev} ${nexthop === undefined ? 'scope link ' : ''}no_track`;
}
