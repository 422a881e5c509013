// Whether a lab that nobody watches would work if it were given to somebody now: a quick look, not a diagnosis.
import type { Engine } from '../engine/engine.ts';
import { createCloudClient, type CloudAddress } from '../labs/cloud-client.ts';
import { readOpenrc } from '../labs/host-region.ts';
import type { LabStatus, NodeStatus } from '../labs/list.ts';

/** An API of a busy machine may be late once. */
const tries = 3;

/** What keeps a lab from working, as a sentence without its full stop; undefined where every node, agent and API does. */
export async function whatIsDead(
  engine: Engine,
  { name, nodes, endpoints }: LabStatus,
): Promise<string | undefined> {
  const down = nodes.find(({ state }) => state !== 'running');
  if (nodes.length === 0) return 'it has no nodes';
  if (down !== undefined) return `node ${down.name} is ${down.state}`;
  for (let attempt = 1; ; attempt++) {
    try {
      const { OS_PASSWORD = '' } = await readOpenrc(engine, name, 'admin');
      return await deadAgent(createCloudClient(endpoints as CloudAddress, OS_PASSWORD), nodes);
    } catch (error) {
      if (attempt === tries) return error instanceof Error ? error.message : String(error);
    }
  }
}

async function deadAgent(
  client: ReturnType<typeof createCloudClient>,
  nodes: readonly NodeStatus[],
): Promise<string | undefined> {
  const agents = await client.listAgents();
  const dead = agents.find(({ alive }) => !alive);
  if (dead !== undefined) return `${dead.binary} on ${dead.host} is not alive`;
  const hypervisors = await client.listHypervisors();
  const silent = nodes.find(
    ({ name, kind }) =>
      ((kind === 'network' || kind === 'compute') && !agents.some(({ host }) => host === name)) ||
      (kind === 'compute' && !hypervisors.includes(name)),
  );
  return silent && `node ${silent.name} reports nothing`;
}
