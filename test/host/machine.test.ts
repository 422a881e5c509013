// The host layer and the fixtures themselves: machines on a real switch.
import { expect, it } from 'vitest';
import { ensureBridgeCommands, ensurePortCommands, setCommand, vsctl } from '../../server/host/ovs-vsctl.ts';
import { machine, ovs } from '../support/machine.ts';

it('two machines in one VLAN of a switch reach each other, a third in another VLAN does not', async () => {
  await using _switch = await ovs();
  await vsctl(ensureBridgeCommands('br-test', { datapath_type: 'netdev' }));
  await using a = await machine({ name: 'a', address: '10.0.0.1/24' });
  await using b = await machine({ name: 'b', address: '10.0.0.2/24' });
  await using c = await machine({ name: 'c', address: '10.0.0.3/24' });
  await vsctl([a, b, c].flatMap(({ device }) => ensurePortCommands('br-test', device, { tag: 7 })));
  await vsctl([setCommand('Port', c.device, { tag: 8 })]);
  expect(await a.ping('10.0.0.2')).toBe(true);
  expect(await a.ping('10.0.0.3')).toBe(false);
});
