// High availability of one router: its `ha-` device, keepalived, and what a standby does without. Pure.
import type { Tables } from '../../../../host/iptables.ts';
import type { HaSpec } from '../../../model/specs.ts';
import type { DaemonPlace, WantedDaemon } from '../../namespace-daemon.ts';
import type { FoundNamespace, WantedNamespace } from '../../namespace-plan.ts';
import { deviceOf } from '../devices.ts';
import { chainPrefix } from '../nat.ts';
import type { HaTarget, L3Config, NamespaceTarget } from '../target.ts';
import { renderKeepalived } from './keepalived-file.ts';

/** Words of the `state` file; servers and clients are told `active` and `standby`. */
export type HaState = 'primary' | 'backup';
export const toldState = { primary: 'active', backup: 'standby' } as const;

export const haFolder = (config: L3Config, routerId: string) => `${config.ha_confs_path}/${routerId}`;
export const stateFile = (config: L3Config, routerId: string) => `${haFolder(config, routerId)}/state`;

export const keepalivedPlace = (config: L3Config, routerId: string): DaemonPlace => ({
  program: 'keepalived',
  configFile: `${haFolder(config, routerId)}/keepalived.conf`,
  pidFile: `${haFolder(config, routerId)}.pid.keepalived`,
});

/**
 * Makes a namespace highly available: what is on its devices follows the VRRP state. keepalived moves it at once; the agent
 * puts right what is missing on the active, or left on a standby, so that both lead to the same.
 */
export function withHa(target: NamespaceTarget, ha: HaSpec, id: string, config: L3Config): NamespaceTarget {
  const devices = target.wanted.devices.map((device) => ({
    ...device,
    ownsLinkLocal: true,
    addresses: [...device.addresses, linkLocal(device.mac)],
  }));
  const haDevice = deviceOf('ha-', ha.port, config.ovs_integration_bridge);
  const vip = `169.254.0.${ha.vr_id}/24`;
  const place = keepalivedPlace(config, id);
  const daemon: WantedDaemon = {
    ...place,
    config: renderKeepalived({
      ...{ id: ha.vr_id, priority: ha.priority, device: haDevice.name, vip, devices },
      advertSeconds: config.ha_vrrp_advert_int,
      ...(config.ha_vrrp_auth_password === ''
        ? {}
        : { auth: { type: config.ha_vrrp_auth_type, password: config.ha_vrrp_auth_password } }),
      routes: target.wanted.routes,
    }),
    argv: ['keepalived', '-P', '-f', place.configFile, '-p', place.pidFile, '-r', `${place.pidFile}-vrrp`],
    reload: 'SIGHUP',
  };
  return {
    ...target,
    wanted: {
      ...target.wanted,
      devices: [haDevice, ...devices],
      ...(target.wanted.tables6 === undefined ? {} : { tables6: quiet(target.wanted.tables6) }),
    },
    daemons: [daemon, ...target.daemons],
    ha: { device: haDevice.name, vip },
  };
}

/**
 * A standby has the MAC addresses of the active host. The kernel would report its multicast groups without an address, and
 * every switch would believe that the router is here.
 */
function quiet(tables: Tables): Tables {
  const chain = `${chainPrefix}-OUTPUT`;
  const rule = '-s ::/128 -p ipv6-icmp -m icmp6 --icmpv6-type 143 -j DROP';
  return { ...tables, filter: { ...tables.filter, [chain]: [...(tables.filter?.[chain] ?? []), rule] } };
}

/** The address that the kernel would give the device itself: on a standby it must not. */
export function linkLocal(mac: string): string {
  const [a, b, c, d, e, f] = mac.split(':').map((byte) => Number.parseInt(byte, 16)) as [number, ...number[]];
  const word = (high: number, low: number) => ((high << 8) | low).toString(16);
  return `fe80::${[word(a ^ 2, b!), word(c!, 0xff), word(0xfe, d!), word(e!, f!)].join(':')}/64`;
}

/** keepalived gives the active host, and no other, the virtual address. */
export const haStateOf = ({ device, vip }: HaTarget, found: FoundNamespace): HaState =>
  found.addresses.some((address) => address.dev === device && address.cidr === vip) ? 'primary' : 'backup';

/** What a namespace holds in a state. */
export function inState(target: NamespaceTarget, state: HaState): NamespaceTarget {
  const { ha, wanted, daemons } = target;
  if (ha === undefined) return target;
  const change = (device: WantedNamespace['devices'][number]) =>
    state === 'backup'
      ? { ...device, addresses: device.name === ha.device ? device.addresses : [] }
      : {
          ...device,
          addresses: device.name === ha.device ? [...device.addresses, ha.vip] : device.addresses,
        };
  return {
    ...target,
    wanted: {
      ...wanted,
      devices: wanted.devices.map(change),
      routes: state === 'primary' ? wanted.routes : [],
    },
    daemons: state === 'primary' ? daemons : daemons.filter(({ program }) => program === 'keepalived'),
    announced: state === 'primary' ? target.announced : [],
  };
}
