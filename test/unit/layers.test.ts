// Who may import whom. The two lines that matter most: networking never imports host, agents never import store.
import { expect, it } from 'vitest';
import { importsOf, sourcesBelow, textOf as sourceText } from '../support/sources.ts';

const cloud = (...names: string[]) => names.map((name) => `server/cloud/${name}`);

/** Every folder may import itself; what is not listed is forbidden. Longest match wins. */
const mayImport: Record<string, string[]> = {
  'server/lib': [],
  'server/host': ['server/lib'],
  'server/cloud/model': ['server/lib'],
  'server/cloud/store': ['server/lib', ...cloud('model')],
  'server/cloud/rpc': ['server/lib', ...cloud('model')],
  'server/cloud/client': ['server/lib', ...cloud('model')],
  'server/cloud/identity': ['server/lib', ...cloud('model', 'store')],
  'server/cloud/networking': ['server/lib', ...cloud('model', 'store', 'rpc', 'identity')],
  'server/cloud/compute': ['server/lib', ...cloud('model', 'store', 'rpc', 'identity', 'client')],
  'server/cloud/image': ['server/lib', ...cloud('model', 'store', 'rpc', 'identity', 'client')],
  'server/cloud/agents': ['server/lib', 'server/host', ...cloud('model', 'rpc', 'client')],
  'server/appliance': ['server/lib'],
  web: [],
};
const layers = Object.keys(mayImport).sort((a, b) => b.length - a.length);
const layerOf = (path: string) => layers.find((layer) => path.startsWith(`${layer}/`));
/** Folders of agents that hold what several agents share. */
const sharedByAgents = ['firewall', 'l2'];
const agentOf = (path: string) => /^server\/cloud\/agents\/([^/]+)\/./.exec(path)?.[1];

it('every import goes the one way', () => {
  const breaches = [...sourcesBelow('server'), ...sourcesBelow('web/src')].flatMap((path) => {
    const from = layerOf(path);
    if (from === undefined) return path === 'server/main.ts' ? [] : [`${path} lies in no known layer`];
    return importsOf(path)
      .filter(({ target }) => {
        if (from === 'web' && target === 'server/appliance/http/types.ts') return false;
        const to = layerOf(target);
        if (to === undefined) return target.startsWith('server/') && target !== 'server/main.ts';
        if (from === 'server/cloud/agents' && to === from)
          return ![undefined, agentOf(path), ...sharedByAgents].includes(agentOf(target));
        return to !== from && !mayImport[from]!.includes(to);
      })
      .map(({ target }) => `${path} imports ${target}`);
  });
  expect(breaches).toEqual([]);
});

it('the appliance meets Docker in its engine folder only', () => {
  const users = sourcesBelow('server')
    .filter((path) => !path.startsWith('server/appliance/engine'))
    .filter((path) => importsPackage(path, 'dockerode'));
  expect(users).toEqual([]);
});

it('child processes of nodes are started by the host layer only', () => {
  const users = [...sourcesBelow('server/cloud'), ...sourcesBelow('server/lib')].filter((path) =>
    importsPackage(path, 'node:child_process'),
  );
  expect(users).toEqual([]);
});

it('SQL is spoken by the store and by the services that own a database', () => {
  const users = [
    ...sourcesBelow('server/cloud/agents'),
    ...sourcesBelow('server/cloud/client'),
    ...sourcesBelow('server/lib'),
  ].filter((path) => importsPackage(path, 'kysely') || importsPackage(path, 'node:sqlite'));
  expect(users).toEqual([]);
});

function importsPackage(path: string, name: string): boolean {
  return sourceText(path).includes(`from '${name}'`);
}
