// When a lab's cloud is there: its APIs answer, every agent is alive, an image can be booted.
import { setTimeout as delay } from 'node:timers/promises';
import type { AgentRow, CloudClient } from './cloud-client.ts';
import type { NodeSpec } from './spec.ts';

/** Every agent of Networking reports; it is called as its service. */
const isAgent = (service: string) => /^neutron-.*-agent$/.test(service);

/** What a node still lacks, in words; none when it is ready. */
export function missingOn(
  node: NodeSpec,
  found: { agents: AgentRow[]; hypervisors: string[]; images: string[] },
): string[] {
  const isAlive = (binary: string) =>
    found.agents.some((agent) => agent.host === node.name && agent.binary === binary && agent.alive);
  const missing = node.services.filter((name) => isAgent(name) && !isAlive(name));
  if (node.kind === 'compute' && !found.hypervisors.includes(node.name)) missing.push('nova-compute');
  if (node.kind === 'controller' && found.images.length === 0) missing.push('an image');
  return missing;
}

/**
 * Asks until every node is ready. `onReady` is told of each node once. Throws when `signal` aborts (with its reason) or
 * `timeoutMs` pass; the message names what was still missing.
 */
export async function waitForCloud(
  client: CloudClient,
  nodes: NodeSpec[],
  {
    timeoutMs,
    signal,
    onReady,
  }: { timeoutMs: number; signal: AbortSignal; onReady: (node: NodeSpec) => void },
): Promise<void> {
  const end = Date.now() + timeoutMs;
  const waiting = new Set(nodes);
  let lacks = 'the Identity API';
  while (waiting.size > 0) {
    signal.throwIfAborted();
    if (Date.now() > end) throw new Error(`Not ready after ${timeoutMs / 1000} s: waiting for ${lacks}`);
    try {
      const [agents, hypervisors, images] = [
        await client.listAgents(),
        await client.listHypervisors(),
        await client.listActiveImages(),
      ];
      const found: string[] = [];
      for (const node of waiting) {
        const missing = missingOn(node, { agents, hypervisors, images });
        found.push(...missing.map((name) => `${name} on ${node.name}`));
        if (missing.length > 0) continue;
        waiting.delete(node);
        onReady(node);
      }
      lacks = found.join(', ');
    } catch (error) {
      lacks = `the APIs (${error instanceof Error ? error.message : String(error)})`;
    }
    // No API tells when an agent has come alive, so it is asked again.
    if (waiting.size > 0) await delay(150, undefined, { signal }).catch(() => undefined);
  }
}
