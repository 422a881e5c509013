// Instances' interfaces on a real host: through a bridge of their own, straight into Open vSwitch, or into a network's bridge.
import { expect, it } from 'vitest';
import { ensureGuestNetns, removeGuestNetns } from '../../server/host/guest-netns.ts';
import { plugVif, pluggedAs, unplugVif, vifNames, type VifKind } from '../../server/host/guest-vif.ts';
import { readLinks, removeLink } from '../../server/host/link.ts';
import { readOvsPorts, readOvsPortsIfAny } from '../../server/host/ovs-ports.ts';
import { ensureBridgeCommands, ensurePortCommands, vsctl } from '../../server/host/ovs-vsctl.ts';
import { run } from '../../server/host/run.ts';
import { machine, ovs } from '../support/machine.ts';

const port_id = 'cccccccc-cccc-4000-8000-00000000000c';
const netns = '/run/nova/netns/test-guest';
const names = vifNames(port_id);
const brq = 'brq11111111-00';
const vif = { port_id, mac_address: 'fa:16:3e:00:00:0c', mtu: 1450, nic: 'eth0', netns, vm_uuid: 'vm' };

const inGuest = (argv: string[]) => run(['nsenter', `--net=${netns}`, ...argv], { okCodes: [0, 1] });
const pluggedNow = async () =>
  pluggedAs(
    port_id,
    new Map((await readLinks()).map((link) => [link.name, link])),
    await readOvsPortsIfAny(),
  );

it.each<{ kind: VifKind; bridge: string }>([
  { kind: 'hybrid', bridge: 'br-int' },
  { kind: 'ovs', bridge: 'br-int' },
  { kind: 'bridge', bridge: brq },
])(
  'a port bound as $kind reaches its bridge, is known as plugged so, and leaves nothing',
  async ({ kind, bridge }) => {
    await using _switch = await ovs();
    await vsctl(ensureBridgeCommands('br-int', { datapath_type: 'netdev' }));
    await using other = await machine({ name: 'other', address: '192.168.101.200/24', mtu: 1450 });
    await ensureGuestNetns(netns);
    try {
      expect(await pluggedNow()).toBeUndefined();
      await plugVif({ ...vif, bridge, kind });
      if (kind === 'bridge') await run(['ip', 'link', 'set', other.device, 'master', brq]);
      else await vsctl(ensurePortCommands('br-int', other.device));
      await inGuest(['ip', 'address', 'add', '192.168.101.12/24', 'dev', 'eth0']);
      await inGuest(['ip', 'link', 'set', 'eth0', 'up']);
      const ping = await inGuest([
        'ping',
        '-c',
        '2',
        '-i',
        '0.2',
        '-W',
        '1',
        '-M',
        'do',
        '-s',
        '1422',
        '192.168.101.200',
      ]);
      expect(ping.stdout).toContain(' 0% packet loss');
      expect(await pluggedNow()).toBe(kind);
      const port = (await readOvsPorts()).get(kind === 'hybrid' ? names.qvo : names.tap);
      expect(port?.externalIds['iface-id']).toBe(kind === 'bridge' ? undefined : port_id);
      await unplugVif(port_id);
      expect(await pluggedNow()).toBeUndefined();
      const left = Object.values(names);
      expect((await readLinks()).filter(({ name }) => left.includes(name))).toEqual([]);
      expect([...(await readOvsPorts()).keys()].filter((name) => left.includes(name))).toEqual([]);
    } finally {
      await removeGuestNetns(netns);
      await removeLink(brq);
    }
  },
);
