// The engine tells a change once; what the page shows must be true also when the look that follows fails.
import { expect, it, vi } from 'vitest';
import { createEngineLook } from '../../../../server/appliance/console/engine-look.ts';
import { createLabTable } from '../../../../server/appliance/console/lab-table.ts';
import type { Engine } from '../../../../server/appliance/engine/engine.ts';
import type { ContainerEvent } from '../../../../server/appliance/engine/types.ts';
import type { Journeys } from '../../../../server/appliance/journey/journeys.ts';
import { labLabel, nodeLabel } from '../../../../server/appliance/labs/names.ts';

const id = 'first-cloud-0001';

/** A look at an engine that has one node, whose listings can be made to fail. */
async function lookAtOneNode() {
  const node = { state: 'running', refusals: 0 };
  const labels = { [labLabel]: id, [nodeLabel]: 'controller' };
  let tell: (event: ContainerEvent) => void = () => {};
  const engine = {
    isWithin: false,
    async listContainers() {
      if (node.refusals-- > 0) throw new Error('Listing containers: no answer');
      return [
        {
          name: `patchbay-${id}-controller`,
          labels,
          state: node.state,
          createdAt: 0,
          ports: {},
          addresses: {},
        },
      ];
    },
    listNetworks: async () => [],
    listVolumes: async () => [],
    async followEvents(_label: string, listener: (event: ContainerEvent) => void) {
      tell = listener;
      return () => {};
    },
  } as unknown as Engine;
  const table = createLabTable();
  const errors: string[] = [];
  const look = createEngineLook({
    engine,
    labsFolder: '/nowhere',
    table,
    journeys: { find: () => undefined, all: () => [], isKept: () => false } as unknown as Journeys,
    isBusy: () => false,
    faultOf: () => undefined,
    log: { error: (message) => errors.push(message) },
  });
  const stop = await look.follow();
  return { node, table, errors, stop, die: () => tell({ name: 'it', action: 'die', labels }) };
}

it('shows a node that stopped also when the first look failed', async () => {
  const { node, table, errors, stop, die } = await lookAtOneNode();
  expect(table.get(id)?.phase).toBe('ready');
  Object.assign(node, { state: 'exited', refusals: 1 });
  die();
  await vi.waitFor(() => expect(table.get(id)?.phase).toBe('broken'), { timeout: 3_000 });
  expect(errors).toEqual([expect.stringContaining('no answer')]);
  stop();
});

it('looks no more once it has stopped', async () => {
  const { node, errors, stop, die } = await lookAtOneNode();
  node.refusals = 100;
  stop();
  die();
  await new Promise((resolve) => setTimeout(resolve, 1_200));
  expect({ errors, looks: 100 - node.refusals }).toEqual({ errors: [], looks: 1 });
});
