// Is it the lab that is broken? Asked when a check fails: nodes, services, Open vSwitch, APIs, agents.
import type { NodeExec } from './lab-exec.ts';
import { LabBroken } from './types.ts';
import type { ApiGet } from './types.ts';

/** What a diagnosis needs of a lab. */
export interface Patient {
  nodeNames: string[];
  runInNode: NodeExec;
  get: ApiGet;
}

/** Answers with the reason why the lab cannot work as built, or undefined when nothing is wrong with it. */
export function createDiagnosis({ nodeNames, runInNode, get }: Patient): () => Promise<string | undefined> {
  const servicesOf = new Map<string, string[]>();
  return async () => {
    const faults = await Promise.all(nodeNames.map((node) => faultOfNode(node, runInNode, servicesOf)));
    return faults.find((fault) => fault !== undefined) ?? (await faultOfCloud(get));
  };
}

async function faultOfNode(
  node: string,
  runInNode: NodeExec,
  servicesOf: Map<string, string[]>,
): Promise<string | undefined> {
  const run = (argv: string[]) => runInNode(node, argv, { timeoutMs: 5_000 });
  try {
    const known = servicesOf.get(node);
    const services = known ?? (await run(['ls', '/etc/service'])).stdout.split(/\s+/).filter(Boolean);
    if (services.length === 0) return `node ${node} has no services`;
    servicesOf.set(node, services);
    const hasSwitch = services.includes('ovs-vswitchd');
    const [status, vswitch] = await Promise.all([
      run(['sv', 'status', ...services]),
      hasSwitch ? run(['ovs-appctl', '--timeout=3', 'version']) : undefined,
    ]);
    const states = parseServices(status.stdout);
    // the container went down while it was asked
    if (states.size === 0) return `node ${node} runs no commands (sv ended with code ${status.code})`;
    const down = services.find((name) => states.get(name) !== 'run');
    if (down !== undefined)
      return `service ${down} on ${node} does not run; 'service ${down} start' starts it`;
    if (vswitch === undefined || vswitch.code === 0) return undefined;
    return `Open vSwitch on ${node} does not answer (${vswitch.stderr.trim()})`;
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
