// A guest plugged the way of compute hosts: eth0 - tap - qbr - qvb/qvo - br-int.
import { ensureBridge, removeBridge } from '../../server/host/bridge.ts';
import { disableTxOffload } from '../../server/host/ethtool.ts';
import { ensureVeth, removeLink, setLinks } from '../../server/host/link.ts';
import { ensurePortCommands, removePortCommand, vsctl } from '../../server/host/ovs-vsctl.ts';
import { machine, type Machine } from './machine.ts';

export interface Guest extends Machine {
  /** Device in the integration bridge. */
  qvo: string;
  /** Takes the port out of the integration bridge, as when an instance is deleted. */
  unplug(): Promise<void>;
}

export interface GuestOptions {
  portId: string;
  mac: string;
  /** With prefix length. */
  address: string;
  bridge?: string;
  mtu?: number;
}

/** Makes a guest and plugs its port into the integration bridge. */
export async function guest({
  portId,
  mac,
  address,
  bridge = 'br-int',
  mtu = 1500,
}: GuestOptions): Promise<Guest> {
  const id = portId.slice(0, 11);
  const [tap, qbr, qvb, qvo] = [`tap${id}`, `qbr${id}`, `qvb${id}`, `qvo${id}`];
  const inside = await machine({ name: `g${portId.slice(0, 8)}`, address, mac, device: tap, mtu });
  const unplug = () => vsctl([removePortCommand(bridge, qvo)]).then(() => undefined);
  const dispose = async () => {
    await removeLink(qvo);
    await removeBridge(qbr);
    await inside[Symbol.asyncDispose]();
  };
  try {
    await ensureBridge(qbr, { ageingSeconds: 0, snoopsMulticast: false });
    await ensureVeth(qvb, qvo);
    await Promise.all([qvb, qvo].map((name) => disableTxOffload(name)));
    await setLinks([
      { name: tap, master: qbr },
      { name: qvb, master: qbr, up: true },
      { name: qvo, up: true },
    ]);
    const externalIds = {
      'iface-id': portId,
      'attached-mac': mac,
      'iface-status': 'active',
      'vm-uuid': portId,
    };
    await vsctl(ensurePortCommands(bridge, qvo, { externalIds }));
  } catch (error) {
    await dispose();
    throw error;
  }
  return {
    ...inside,
    qvo,
    unplug,
    [Symbol.asyncDispose]: async () => {
      await unplug();
      await dispose();
    },
  };
}
