// Whether the kernel can make VLAN devices (8021q). Only trying tells: the module may be loaded on demand.
import { changeIp } from './ip.ts';
import { removeLink } from './link.ts';

/** Makes a VLAN device of the loopback device and removes it again. */
export async function hasVlanDevices(): Promise<boolean> {
  const probe = 'vlan-probe';
  try {
    await changeIp(['link', 'add', 'link', 'lo', 'name', probe, 'type', 'vlan', 'id', '1'], undefined);
  } catch {
    return false;
  }
  await removeLink(probe);
  return true;
}
