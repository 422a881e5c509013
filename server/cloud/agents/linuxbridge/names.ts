// Names and marks of what the agent makes on a host. Pure.
import { createHash } from 'node:crypto';
import { deviceOf } from '../l2/device-name.ts';

/** Alias of devices (and external id of switch ports) that this agent made. Bridges are known by their names. */
export const mark = 'neutron-linuxbridge-agent';

export const bridgeOf = (networkId: string) => deviceOf('brq', networkId);
export const tapOf = (portId: string) => deviceOf('tap', portId);
/** Bridges of networks: also nova-compute makes them, when it is the first to need one. */
export const isNetworkBridge = (name: string) => /^brq[0-9a-f]{8}-[0-9a-f]{2}$/.test(name);
export const isTap = (name: string) => /^tap[0-9a-f]{8}-[0-9a-f]{2}$/.test(name);

export const vxlanDevice = (vni: number) => `vxlan-${vni}`;
export const vlanDevice = (nic: string, vlan: number) => fitName(nic, `.${vlan}`);
/** The untagged side of a NIC that a switch holds. */
export const untaggedDevice = (nic: string) => fitName(nic, '.flat');
/** Switch made for a NIC that none holds. */
export const vlanSwitch = (nic: string) => fitName('vlan-', nic);

const longestDeviceName = 15;

/** Both together; where that is too long for the kernel, the longer part is cut and a digest of it put in. */
function fitName(first: string, last: string): string {
  if (first.length + last.length <= longestDeviceName) return `${first}${last}`;
  const isFirstLonger = first.length > last.length;
  const long = isFirstLonger ? first : last;
  const digest = createHash('sha1').update(long).digest('hex').slice(0, 6);
  const room = longestDeviceName - digest.length - (first.length + last.length - long.length);
  const cut = `${long.slice(0, room)}${digest}`;
  return isFirstLonger ? `${cut}${last}` : `${first}${cut}`;
}
