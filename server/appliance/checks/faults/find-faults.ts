// Everything that is wrong with a lab itself: its nodes looked at from inside, its agents asked about.
import type { NodeExec } from '../lab-exec.ts';
import { LabBroken } from '../types.ts';
import type { ApiGet } from '../types.ts';
import { lookArguments, parseLook, type NodeLook } from './node-look.ts';
import type { Fault } from './types.ts';
import { wireFaults } from './wire-probe.ts';

/** What is needed of a lab to look for its faults. */
export interface Patient {
  nodeNames: string[];
  runInNode: NodeExec;
  get: ApiGet;
}

/** Seconds that wires are listened to; the second look has to be sure. */
const listeningSeconds = { quick: 0.8, sure: 2.5 };
/** A service as young as this may have been started again just now, or be started again and again. */
const youngSeconds = 2;

const messageOf = (error: unknown) => (error instanceof Error ? error.message : String(error));

/**
 * Faults of a lab, causes before effects; none when it can work as built. What may heal by itself (a daemon that starts
 * anew, a frame that came late) is looked at twice.
 */
export async function findFaults(patient: Patient): Promise<Fault[]> {
  const [quick, cloud] = await Promise.all([look(patient, listeningSeconds.quick), cloudFaults(patient.get)]);
  if (quick.sure.length > 0) return inOrder([...quick.sure, ...quick.doubtful, ...cloud]);
  if (quick.doubtful.length === 0) return cloud;
  const second = await look(patient, listeningSeconds.sure);
  return inOrder([...second.sure, ...second.doubtful, ...cloud]);
}

/** The order in which one fault brings about the next. */
const order = ['node', 'disk', 'config', 'switch', 'bridge', 'service', 'frozen', 'crashing', 'controller', 'wire', 'agent', 'api']; // prettier-ignore
const inOrder = (faults: Fault[]) => faults.toSorted((a, b) => order.indexOf(a.kind) - order.indexOf(b.kind));

async function look({ nodeNames, runInNode }: Patient, seconds: number) {
  const looks = new Map<string, NodeLook>();
  const sure: Fault[] = [];
  const doubtful: Fault[] = [];
  const lookAt = async (node: string) => {
    const unable = (why: string): Fault => ({
      ...{ kind: 'node', node, name: node },
      text: `node ${node} runs no commands (${why})`,
    });
    try {
      const { code, stdout, stderr } = await runInNode(node, lookArguments(seconds), { timeoutMs: 15_000 });
      const seen = parseLook(stdout);
      if (seen.services.size === 0 || !seen.isWhole) {
        const said =
          stderr.trim().split('\n').at(-1) || stdout.trim().split('\n').at(-1) || 'nothing is said';
        sure.push(seen.isWhole ? unable('its services are gone') : unable(`code ${code}: ${said}`));
        return;
      }
      looks.set(node, seen);
      const found = nodeFaults(node, seen);
      sure.push(...found.sure);
      doubtful.push(...found.doubtful);
    } catch (error) {
      sure.push(unable(messageOf(error)));
    }
  };
  await Promise.all(nodeNames.map(lookAt));
  doubtful.push(...wireFaults(looks));
  return { sure, doubtful };
}

/** Faults that one look at a node shows, and those that a second one has to confirm. */
export function nodeFaults(node: string, seen: NodeLook): { sure: Fault[]; doubtful: Fault[] } {
  const sure: Fault[] = [];
  const doubtful: Fault[] = [];
  for (const { mount, biggest } of seen.full) {
    const what = biggest === '' ? '' : `; the biggest file there is ${biggest}`;
    sure.push({ kind: 'disk', node, name: mount, text: `the disk ${mount} of ${node} is full${what}` });
  }
  for (const { service, file } of seen.unread)
    sure.push({ kind: 'config', node, name: file, text: `${file} on ${node} is gone; ${service} needs it` });
  for (const [name, { state, isWantedUp, seconds, isFrozen }] of seen.services) {
    const text = `service ${name} on ${node} does not run; 'service ${name} start' starts it`;
    if (state !== 'run' && !isWantedUp) sure.push({ kind: 'service', node, name, text });
    else if (isFrozen)
      sure.push({ kind: 'frozen', node, name, text: `service ${name} on ${node} is stopped by a signal` });
    else if (state !== 'run' || seconds <= youngSeconds)
      doubtful.push({
        kind: 'crashing',
        node,
        name,
        text: `service ${name} on ${node} ends again and again`,
      });
  }
  if (seen.unswitched !== undefined)
    sure.push({
      ...{ kind: 'switch', node, name: 'ovs-vswitchd' },
      text: `Open vSwitch on ${node} does not answer (${seen.unswitched})`,
    });
  for (const { bridge, nic } of seen.unbridged) {
    const text =
      nic === undefined
        ? `bridge ${bridge} on ${node} is gone`
        : `${nic} on ${node} is not in its bridge ${bridge}`;
    // The agent makes its own bridges again when it misses them.
    doubtful.push({ kind: 'bridge', node, name: bridge, text });
  }
  for (const port of seen.unreached) {
    const what = port === 5672 ? 'the message broker' : 'the network API';
    doubtful.push({
      ...{ kind: 'controller', node, name: String(port) },
      text: `${node} does not reach ${what} (controller:${port})`,
    });
  }
  return { sure, doubtful };
}

async function cloudFaults(get: ApiGet): Promise<Fault[]> {
  const broken = (text: string): Fault => ({ kind: 'api', node: 'controller', name: 'neutron-server', text });
  try {
    const { status, body } = await get('network', '/v2.0/agents');
    if (status >= 400) return [broken(`the network API answers ${status} to GET /v2.0/agents`)];
    const agents = (body as { agents: { binary: string; host: string; alive: boolean }[] }).agents;
    return agents
      .filter(({ alive }) => !alive)
      .map(({ binary, host }) => ({
        ...{ kind: 'agent', node: host, name: binary },
        text: `${binary} on ${host} has not reported for a while`,
      }));
  } catch (error) {
    if (error instanceof LabBroken) return [broken(error.message)];
    throw error;
  }
}
