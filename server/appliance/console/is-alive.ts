// Whether a lab that nobody watches would work if it were given to somebody now: a quick look, not a diagnosis.
import type { Engine } from '../engine/engine.ts';
import { createCloudClient, type CloudAddress } from '../labs/cloud-client.ts';
import { readOpenrc } from '../labs/host-region.ts';
import type { LabStatus } from '../labs/list.ts';

/** Every node runs, every agent reports, every compute node is up. */
export async function isAlive(engine: Engine, { name, nodes, endpoints }: LabStatus): Promise<boolean> {
  if (nodes.length === 0 || nodes.some(({ state }) => state !== 'running')) return false;
  try {
    const { OS_PASSWORD = '' } = await readOpenrc(engine, name, 'admin');
    const client = createCloudClient(endpoints as CloudAddress, OS_PASSWORD);
    const agents = await client.listAgents();
    const hypervisors = await client.listHypervisors();
    return (
      agents.every(({ alive }) => alive) &&
      nodes.every(
        (node) =>
          (node.kind !== 'network' && node.kind !== 'compute') ||
          agents.some(({ host }) => host === node.name),
      ) &&
      nodes.every((node) => node.kind !== 'compute' || hypervisors.includes(node.name))
    );
  } catch {
    return false;
  }
}
