// Is it the lab that is broken? Asked when a check fails: nodes, services, Open vSwitch, APIs, agents.
import type { NodeExec } from './lab-exec.ts';
import { LabBroken } from './types.ts';
import type { ApiGet } from './types.ts';

/** The reason why the lab cannot work as built, or undefined when nothing is wrong with it. */
export async function diagnose({
  nodeNames,
  runInNode,
  get,
}: {
  nodeNames: string[];
  runInNode: NodeExec;
  get: ApiGet;
}): Promise<string | undefined> {
  const faults = await Promise.all(nodeNames.map((node) => faultOfNode(node, runInNode)));
  return faults.find((fault) => fault !== undefined) ?? (await faultOfCloud(get));
}

async function faultOfNode(node: string, runInNode: NodeExec): Promise<string | undefined> {
  const run = (argv: string[]) => runInNode(node, argv, { timeoutMs: 5_000 });
  try {
    const services = (await run(['ls', '/etc/service'])).stdout.split(/\s+/).filter(Boolean);
    if (services.length === 0) return `node ${node} has no services`;
    const states = parseServices((await run(['sv', 'status', ...services])).stdout);
    const down = services.find((name) => states.get(name) !== 'run');
    if (down !== undefined)
      return `service ${down} on ${node} does not run; 'service ${down} start' starts it`;
    if (!services.includes('ovs-vswitchd')) return undefined;
    const { code, stderr } = await run(['ovs-appctl', '--timeout=3', 'version']);
    return code === 0 ? undefined : `Open vSwitch on ${node} does not answer (${stderr.trim()})`;
  } catch (error) {
    return `node ${node} runs no commands (${error instanceof Error ? error.message : String(error)})`;
  }
}

/** States by service from `sv status`: run, down, finish, fail. */
export function parseServices(stdout: string): Map<string, string> {
  const lines = [...stdout.matchAll(/^(\w+): (?:\/etc\/service\/)?([^:\s]+):/gm)];
  return new Map(lines.map(([, state, name]) => [name!, state!]));
}

async function faultOfCloud(get: ApiGet): Promise<string | undefined> {
  try {
    const { status, body } = await get('network', '/v2.0/agents');
    if (status >= 400) return `the network API answers ${status} to GET /v2.0/agents`;
    const agents = (body as { agents: { binary: string; host: string; alive: boolean }[] }).agents;
    const dead = agents.find(({ alive }) => !alive);
    return dead === undefined ? undefined : `${dead.binary} on ${dead.host} has not reported for a while`;
  } catch (error) {
    if (error instanceof LabBroken) return error.message;
    throw error;
  }
}
