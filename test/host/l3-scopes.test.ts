// Address scopes in a real router: what passes between subnets, to the world and back, and untranslated where it may.
import { expect, it } from 'vitest';
import type { RouterPortSpec } from '../../server/cloud/model/specs.ts';
import { uuid } from '../support/network-specs.ts';
import { addressSeen, floatingIp, gateway, qr1, qr2, router, routerLab } from '../support/router-lab.ts';

const [red, blue] = [uuid('4ed00000'), uuid('b10e0000')];
const within = (port: RouterPortSpec, scope: string): RouterPortSpec => ({
  ...port,
  address_scopes: { 4: scope },
});
const [vm1, vm2, world] = ['192.168.101.102', '192.168.102.99', '10.64.201.254'];

it('keeps scopes apart, and what is in none from what is in one', async () => {
  await using lab = await routerLab();
  await lab.want(router);
  expect(await lab.vm1.ping(vm2)).toBe(true);
  await lab.want({ ...router, interfaces: [within(qr1, red), within(qr2, blue)] });
  expect(await lab.vm1.ping(vm2)).toBe(false);
  expect(await lab.vm2.ping(vm1)).toBe(false);
  expect(await lab.vm1.ping('192.168.101.1')).toBe(true);
  await lab.want({ ...router, interfaces: [within(qr1, red), qr2] });
  expect(await lab.vm1.ping(vm2)).toBe(false);
  await lab.want({ ...router, interfaces: [within(qr1, red), within(qr2, red)] });
  expect(await lab.vm1.ping(vm2)).toBe(true);
  expect(await lab.reconciler.verify()).toEqual(new Map());
});

it('translates what leaves its scope, and nothing within it', async () => {
  await using lab = await routerLab();
  await lab.outside.run(['ip', 'route', 'add', '192.168.101.0/24', 'via', '10.64.201.91']);
  await lab.outside.run(['ip', 'route', 'add', '192.168.102.0/24', 'via', '10.64.201.91']);
  const scoped = {
    ...router,
    gw_port: within(gateway, red),
    interfaces: [within(qr1, red), within(qr2, blue)],
  };
  await lab.want(scoped);
  expect(await addressSeen(lab.vm1, lab.outside, world)).toBe(vm1);
  expect(await addressSeen(lab.vm2, lab.outside, world)).toBe('10.64.201.91');
  expect(await lab.outside.ping(vm1)).toBe(true);
  expect(await lab.outside.ping(vm2)).toBe(false);
  await lab.want({ ...scoped, enable_snat: false });
  expect(await lab.vm1.ping(world)).toBe(true);
  expect(await lab.vm2.ping(world)).toBe(false);
});

it('lets a floating IP join an address to the scope outside, both ways', async () => {
  await using lab = await routerLab();
  const scoped = {
    ...router,
    gw_port: within(gateway, red),
    interfaces: [within(qr1, red), within(qr2, blue)],
  };
  await lab.want({ ...scoped, floatingips: [floatingIp(vm2)] });
  expect(await lab.outside.ping('10.64.201.72')).toBe(true);
  expect(await addressSeen(lab.vm2, lab.outside, world)).toBe('10.64.201.72');
  expect(await lab.vm1.ping(vm2)).toBe(false);
});
