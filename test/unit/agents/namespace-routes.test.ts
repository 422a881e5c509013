// Routes of an agent's namespace: both families at once.
import { expect, it } from 'vitest';
import {
  planNamespace,
  type FoundNamespace,
  type WantedRoute,
} from '../../../server/cloud/agents/namespace-plan.ts';
import type { Route } from '../../../server/host/route.ts';

const own = { ns: 'qdhcp-n', devicePrefixes: ['tap'], chainPrefix: 'neutron-dhcp-age' };
const v4: WantedRoute = { destination: 'default', nexthop: '10.0.0.1', dev: 'tap1' };
const v6: WantedRoute = { destination: 'default', nexthop: 'fd00::1', dev: 'tap1' };

/** The changes of routes from those found to those wanted. */
function changes(wanted: WantedRoute[], present: WantedRoute[]): string[] {
  const routes: Route[] = present.map((route) => ({ ...route, protocol: 'static' }));
  const found: FoundNamespace = {
    ...{
      exists: true,
      links: [],
      addresses: [],
      routes,
      rules: [],
      neighbours: [],
      sysctls: {},
      tables: {},
      ports: new Map(),
    },
  };
  const steps = planNamespace({ devices: [], routes: wanted, sysctls: {}, tables: {} }, found, own);
  return steps.map((step) => (step.kind === 'ip' ? step.args.join(' ') : step.kind));
}

it('each family has a default route of its own', () => {
  expect(changes([v4, v6], [v4])).toEqual(['route replace default via fd00::1 dev tap1 proto static']);
  expect(changes([v4, v6], [v4, v6])).toEqual([]);
});

it('a default route that is not wanted goes, though the other family keeps its own', () => {
  expect(changes([v4], [v4, v6])).toEqual(['route delete default via fd00::1 dev tap1 proto static']);
});
