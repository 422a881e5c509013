// `./patchbay bench api`: what the Networking API takes for a member of a project, tokens checked, policy and quotas enforced,
// measured as facts/peer-neutron.md measured the real Neutron. Prints a table, judges nothing.
import { setTimeout as wait } from 'node:timers/promises';
import { interruptible } from '../../server/appliance/cli/interrupt.ts';
import { openEngine, prepareImages } from '../../server/appliance/cli/ready-engine.ts';
import { apiClient, oneByOne, perSecond, type ApiClient } from './api-client.ts';
import { startApiCloud } from './api-cloud.ts';
import { peerNeutron } from './api-peer.ts';
import { median, reportFigures, type Figure } from './figures.ts';

const networkCount = 100;
const portCount = 300;
const clientCount = 8;
const listRounds = 7;
const bulk = 100;
const manyPorts = 50_000;
/** The server's own housekeeping after its start. */
const settleMs = 5000;

const say = (text: string) => void process.stderr.write(`${text}\n`);
const range = (count: number) => Array.from({ length: count }, (_, index) => index);

type Made = Record<string, { id: string }>;
const idOf = (text: string, name: string) => (JSON.parse(text) as Made)[name]!.id;

/** Makes ports of the network by the hundred until the project has `count`. */
async function fillTo(client: ApiClient, network_id: string, count: number): Promise<void> {
  const { ports } = await client.ask<{ ports: unknown[] }>('GET', '/ports?fields=id');
  for (let there = ports.length; there < count; there += bulk)
    await client.send('POST', '/ports', {
      ports: range(Math.min(bulk, count - there)).map(() => ({ network_id, name: 'bench' })),
    });
}

async function measure(
  client: ApiClient,
  clients: readonly ApiClient[],
  figures: Figure[],
  signal: AbortSignal,
): Promise<void> {
  const add = (what: keyof typeof peerNeutron, figure: Omit<Figure, 'what' | 'peer'>) => {
    signal.throwIfAborted();
    figures.push({ what, peer: peerNeutron[what], ...figure });
  };
  const makePort = (by: ApiClient) => by.send('POST', '/ports', { port: { name: 'bench', network_id } });
  const repeat = async (count: number, path: string) =>
    (await oneByOne(range(count), () => client.send('GET', path))).samples;

  say('networks and subnets');
  const networks = await oneByOne(range(networkCount), (index) =>
    client.send('POST', '/networks', { network: { name: `bench-n${index}` } }),
  );
  add('network create', { unit: 'ms', atMost: 4, samples: networks.samples });
  const subnet = (network: string, cidr: string) => ({
    subnet: { network_id: network, ip_version: 4, cidr, name: 'bench' },
  });
  const ids = networks.answers.map(({ text }) => idOf(text, 'network'));
  const subnets = await oneByOne(ids.entries(), ([index, id]) =>
    client.send('POST', '/subnets', subnet(id, `10.100.${index}.0/24`)),
  );
  add('subnet create', { unit: 'ms', atMost: 5, samples: subnets.samples });
  const big = await client.send('POST', '/networks', { network: { name: 'bench-big' } });
  const network_id = idOf(big.text, 'network');
  await client.send('POST', '/subnets', subnet(network_id, '10.64.0.0/15'));

  say('ports');
  const created = await oneByOne(range(portCount), () => makePort(client));
  add('port create, one client', { unit: 'ms', atMost: 5, samples: created.samples });
  const rate = await perSecond(clients, range(portCount), makePort);
  add('port create, 8 clients', { unit: '/s', atLeast: 300, samples: [rate] });
  const portIds = created.answers.map(({ text }) => idOf(text, 'port'));
  const shown = await oneByOne(portIds, (id) => client.send('GET', `/ports/${id}`));
  add('port show', { unit: 'ms', atMost: 1, samples: shown.samples });
  const updated = await oneByOne(portIds, (id) =>
    client.send('PUT', `/ports/${id}`, { port: { name: 'bench-up' } }),
  );
  add('port update (name)', { unit: 'ms', samples: updated.samples });

  say('lists');
  await fillTo(client, network_id, 1000);
  add('list 1,000 ports', { unit: 'ms', atMost: 20, samples: await repeat(listRounds, '/ports') });
  await fillTo(client, network_id, 5000);
  add('list 5,000 ports', { unit: 'ms', atMost: 100, samples: await repeat(listRounds, '/ports') });
  const page = '/ports?limit=100&sort_key=id&sort_dir=asc';
  add('page of 100 out of 5,000', { unit: 'ms', atMost: 5, samples: await repeat(3 * listRounds, page) });

  say(`filling up to ${manyPorts} ports`);
  await fillTo(client, network_id, manyPorts);
  const crowded = await oneByOne(range(portCount), () => makePort(client));
  add('port create with 50,000 ports present', { unit: 'ms', samples: crowded.samples });
  const ratio = median(crowded.samples) / median(created.samples);
  add('the same, compared with an empty cloud', { unit: 'x', atMost: 1.5, samples: [ratio] });
  const deleted = await oneByOne(portIds, (id) => client.send('DELETE', `/ports/${id}`));
  add('port delete', { unit: 'ms', samples: deleted.samples });
}

await interruptible(async (signal) => {
  const engine = await openEngine();
  const images = await prepareImages(engine, signal);
  say('starting the controller');
  await using cloud = await startApiCloud(engine, { images, signal });
  const clients = range(clientCount).map(() => apiClient(cloud.url, cloud.token));
  try {
    const figures: Figure[] = [];
    await wait(settleMs, undefined, { signal });
    const idle = await cloud.memory();
    await measure(clients[0]!, clients, figures, signal);
    const afterwards = await cloud.memory();
    figures.push(
      {
        ...{ what: 'memory of the server (PSS), idle', unit: 'MiB', atMost: 70 },
        ...{ peer: peerNeutron['memory idle'], samples: [idle] },
      },
      {
        ...{ what: 'memory of the server (PSS), after all that', unit: 'MiB', atMost: 120 },
        ...{ peer: peerNeutron['memory afterwards'], samples: [afterwards] },
      },
      {
        ...{ what: '`neutron net-list`, wall clock', unit: 'ms', atMost: 100 },
        ...{ peer: peerNeutron['net-list'], samples: await cloud.netList(9) },
      },
    );
    process.stdout.write(`${reportFigures(figures, process.argv[2] ?? 'text')}\n`);
  } finally {
    for (const client of clients) client.close();
  }
});
