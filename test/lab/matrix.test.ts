// Every type of network on every mechanism with every kind of router, one after the other on one running cloud: each is built
// by the API for two tenants with the same addresses, proven by packets, and taken away without a trace.
import { afterAll, beforeAll, describe, it } from 'vitest';
import type { CloudClient } from '../bench/cloud-admin.ts';
import { openTenant, startCloud, type RunningCloud } from '../support/cloud/running-cloud.ts';
import { expectUnchanged, takeSnapshot, type Snapshot } from '../support/cloud/snapshot.ts';
import { deleteAll } from '../support/cloud/topology.ts';
import { buildTenant, type Tenant } from './matrix/build.ts';
import { cells, cellsWithoutPopulation, type Cell } from './matrix/cells.ts';
import { switchPopulationOff } from './matrix/population.ts';
import {
  proveDhcp,
  proveDirectPath,
  proveEastWest,
  proveIsolation,
  proveMetadata,
  proveMtu,
  proveNorthSouth,
} from './matrix/prove.ts';

let cloud: RunningCloud;
let red: CloudClient;
let blue: CloudClient;

beforeAll(async () => {
  cloud = await startCloud('test-matrix', {
    ...{
      computeCount: 4,
      networkCount: 2,
      mechanismOf: { compute3: 'linuxbridge', compute4: 'linuxbridge' },
    },
    ...{ types: ['vlan', 'gre', 'vxlan'], isDistributed: true, isSpareWired: true },
  });
  [red, blue] = await Promise.all([openTenant(cloud, 'red'), openTenant(cloud, 'blue')]);
  await Promise.all([red, blue].map(deleteAll));
});
afterAll(() => cloud?.[Symbol.asyncDispose]());

describe.each(cells)('$type on $mechanism, $router routers', prove);

describe('without L2 population', () => {
  beforeAll(() => switchPopulationOff(cloud));
  describe.each(cellsWithoutPopulation)('$type on $mechanism, $router routers', prove);
});

function prove(cell: Cell): void {
  let before: Snapshot;
  let tenants: [Tenant, Tenant];

  beforeAll(async () => {
    before = await takeSnapshot(cloud);
    tenants = await Promise.all([
      buildTenant(cloud, red, cell, 'physnet2'),
      buildTenant(cloud, blue, cell, 'physnet3'),
    ]);
  });
  afterAll(() => Promise.all([red, blue].map(deleteAll)));

  it('addresses come by DHCP, with the right MTU', async () => {
    await Promise.all(
      tenants.flatMap(({ near, beside, far, routed, one, two }) => [
        ...[near, beside, far].map((instance) => proveDhcp(cloud, instance, one)),
        proveDhcp(cloud, routed, two),
      ]),
    );
  });
  it('neighbours reach each other on one host, across hosts and through the router', () =>
    Promise.all(tenants.map((tenant) => proveEastWest(cloud, tenant))));
  it('the outside is reached under the address of the router, and reaches in by floating IP', () =>
    Promise.all(tenants.map((tenant) => proveNorthSouth(cloud, tenant))));
  it('every instance gets its own metadata', () =>
    Promise.all(
      tenants.flatMap(({ near, beside, far, routed }) =>
        [near, beside, far, routed].map((instance) => proveMetadata(cloud, instance)),
      ),
    ));
  it('full-size frames pass and longer ones do not', () => proveMtu(cloud, tenants[0]));
  it('tenants with the same addresses see nothing of each other, and the wire keeps them apart', () =>
    proveIsolation(cloud, cell, tenants[0], tenants[1]));
  if (cell.router === 'distributed')
    it('hosts route to each other without the network node', () => proveDirectPath(cloud, tenants[0]));
  it('nothing of it is left on any node', async () => {
    await Promise.all([red, blue].map(deleteAll));
    await expectUnchanged(cloud, before);
  });
}
