// What the console shows of a lab, made from what its start tells and from what the engine has. Pure.
import type { LabProblem, NodePhase, NodeState, QueuePlace, Wire } from '../http/types.ts';
import type { RunningLab } from '../http/deps.ts';
import type { Journey } from '../journey/journey.ts';
import type { LabEvent } from '../labs/events.ts';
import type { LabStatus } from '../labs/list.ts';
import { nodeKinds, type LabSpec, type NodeKind, type NodeSpec } from '../labs/spec.ts';

const knownWires: Wire[] = [
  { name: 'external', purpose: 'the world outside', cidr: '10.64.201.0/24' },
  { name: 'data', purpose: 'tenant networks' },
  { name: 'spare', purpose: 'more tenant networks' },
  { name: 'management', purpose: 'APIs, messages, database' },
];

/** The wires that lead somewhere. */
const wiresOf = (nodes: Pick<NodeState, 'nics'>[]): Wire[] =>
  knownWires.filter(({ name }) => nodes.some(({ nics }) => nics.some(({ wire }) => wire === name)));

/** How far each phase of a node's start is. */
const stages: Record<(LabEvent & { kind: 'node' })['phase'], { phase: NodePhase; progress: number }> = {
  creating: { phase: 'starting', progress: 0.1 },
  starting: { phase: 'starting', progress: 0.35 },
  wired: { phase: 'starting', progress: 0.6 },
  ready: { phase: 'ready', progress: 1 },
  failed: { phase: 'failed', progress: 1 },
};

/** A lab whose nodes are about to be made. */
export function startingLab(
  spec: LabSpec,
  about: Pick<Journey, 'title' | 'learner' | 'startedAt'>,
): RunningLab {
  const nodes = spec.nodes.map((node): NodeState => ({
    name: node.name,
    role: node.kind,
    phase: 'waiting',
    progress: 0,
    doing: 'Waiting for the management network',
    nics: nicsOf(node.wires),
  }));
  return {
    id: spec.name,
    entry: spec.entry,
    title: about.title,
    learner: about.learner,
    phase: 'starting',
    doing: 'Starting the nodes',
    startedAt: about.startedAt,
    wires: wiresOf(nodes),
    nodes,
    instances: [],
  };
}

/** A lab that has no nodes any more but whose progress is kept. */
export function lostLab(known: RunningLab | undefined, journey: Journey): RunningLab {
  const { id, entry, title, learner, startedAt, endedAt } = journey;
  const nodes = (known?.nodes ?? []).map((node): NodeState => ({
    ...node,
    ...{ phase: 'stopped', progress: 0, doing: 'removed' },
  }));
  const head = { id, entry, title, learner, startedAt, wires: known?.wires ?? [], nodes, instances: [] };
  if (endedAt !== undefined) return { ...head, phase: 'ended' };
  const problem: LabProblem = {
    message: 'The nodes of this lab are gone: somebody removed them, or the engine lost them.',
    remedy: 'Resume makes them anew and replays the steps that had passed.',
    remedies: ['resume'],
  };
  return { ...head, phase: 'broken', problem };
}

/** The lab after something was told of it. A lab that failed stays, so that the reason can be read. */
export function afterEvent(lab: RunningLab, event: LabEvent): RunningLab {
  if (event.kind === 'node') {
    const nodes = lab.nodes.map((node) => (node.name === event.node ? afterNodeEvent(node, event) : node));
    // The network is made by then; what the lab as a whole waits for is told again when there is more to tell.
    const isEarly = event.phase === 'creating' || event.phase === 'starting';
    return { ...lab, nodes, ...(isEarly ? { doing: 'Starting the nodes' } : {}) };
  }
  if (lab.phase === 'broken' && lab.readyAt === undefined) return lab;
  const { doing: _doing, ...head } = lab;
  switch (event.phase) {
    case 'starting':
      return { ...lab, doing: event.detail };
    case 'ready':
      return { ...head, phase: 'ready', readyAt: new Date().toISOString() };
    case 'failed':
      return { ...head, phase: 'broken', problem: problemFrom(event.detail) };
    case 'stopping':
    case 'stopped':
      return { ...lab, phase: 'stopping', doing: event.detail };
  }
}

/** A lab that did not start; everything made for it has been removed. */
export function afterFailure({ doing: _doing, ...lab }: RunningLab, problem: LabProblem): RunningLab {
  const nodes = lab.nodes.map((node): NodeState => {
    if (node.name === problem.node)
      return { ...node, phase: 'failed', doing: 'failed; its last words are above' };
    return { ...node, phase: 'stopped', doing: 'removed again' };
  });
  return { ...lab, nodes, phase: 'broken', problem };
}

/** The first line says what happened, the others are the end of a log. */
export function problemFrom(text: string, node?: string): LabProblem {
  const [message = '', ...rest] = text.split('\n');
  const logTail = rest.map((line) => line.replace(/^ {2}/, ''));
  return {
    message,
    ...(node === undefined ? {} : { node }),
    ...(logTail.length === 0 ? {} : { logTail }),
    remedy: 'Nothing of it is left on this machine. Start it again from the catalog.',
  };
}

function afterNodeEvent(node: NodeState, event: LabEvent & { kind: 'node' }): NodeState {
  const { phase, progress } = stages[event.phase];
  const doing = event.phase === 'wired' ? `${event.detail}; waiting for its services` : event.detail;
  return { ...node, phase, progress, doing: phase === 'ready' ? '' : doing };
}

/**
 * The lab as the engine has it: nodes that stopped or came back, or the whole of a lab that another program started.
 * A lab of which a node is down is broken until it is back.
 */
export function afterLook(
  known: RunningLab | undefined,
  status: LabStatus,
  about: Pick<Journey, 'title'> & Partial<Journey>,
): RunningLab {
  const rank = ({ kind }: { kind: string }) => nodeKinds.indexOf(kind as NodeKind);
  const ordered = status.nodes.toSorted((a, b) => rank(a) - rank(b) || a.name.localeCompare(b.name));
  const nodes = ordered.map(({ name, kind, state, address, wires }): NodeState => {
    const before = known?.nodes.find((node) => node.name === name);
    const isUp = state === 'running';
    return {
      name,
      role: kind,
      phase: isUp ? 'ready' : 'stopped',
      progress: isUp ? 1 : 0,
      doing: isUp ? '' : `its container is ${state}`,
      nics: (before?.nics ?? nicsOf(wires)).map((nic) =>
        nic.wire === 'management' ? { ...nic, address } : nic,
      ),
    };
  });
  const down = nodes.find(({ phase }) => phase === 'stopped');
  const startedAt = new Date(status.createdAt).toISOString();
  const problem = problemOfNodes(down) ?? problemOfReplay(about.stuck);
  return {
    id: status.name,
    entry: status.entry,
    title: about.title,
    learner: about.learner ?? known?.learner ?? 'local',
    phase: problem === undefined ? 'ready' : 'broken',
    startedAt: about.startedAt ?? known?.startedAt ?? startedAt,
    readyAt: about.readyAt ?? known?.readyAt ?? startedAt,
    wires: wiresOf(nodes),
    ...(problem === undefined ? {} : { problem }),
    nodes,
    instances: known?.instances ?? [],
  };
}

/** A lab whose nodes run, but in which a diagnosis found a fault. */
export const withFault = (lab: RunningLab, fault: LabProblem | undefined): RunningLab =>
  lab.phase !== 'ready' || fault === undefined ? lab : { ...lab, phase: 'broken', problem: fault };

/** A lab that waits for room, or no longer does. */
export function afterQueue({ queue: _queue, ...lab }: RunningLab, place: QueuePlace | undefined): RunningLab {
  if (place === undefined) return { ...lab, phase: 'starting', doing: 'Starting the nodes' };
  const doing = `Waiting for room, ${place.position} of ${place.length}`;
  return { ...lab, phase: 'queued', doing, queue: place };
}

function problemOfNodes(down: NodeState | undefined): LabProblem | undefined {
  return (
    down && {
      message: `Node ${down.name} has stopped: ${down.doing}.`,
      node: down.name,
      remedy: 'Start it again: what was built in the lab comes back with it.',
      remedies: ['restart', 'repair', 'resume', 'reset'],
    }
  );
}

/** A lab in which a solution failed stands where nobody wanted it. */
const problemOfReplay = (stuck: Journey['stuck']): LabProblem | undefined =>
  stuck && { ...stuck, remedy: 'Reset makes the lab anew.', remedies: ['reset'] };

const nicsOf = (wires: NodeSpec['wires']) => [
  { name: 'mgmt0', wire: 'management' },
  ...Object.entries(wires).map(([name, wire]) => ({ name, wire })),
];
