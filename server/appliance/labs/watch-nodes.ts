// Nodes that end on their own while their lab starts: which, at which step, and what they wrote last.
import type { Engine } from '../engine/engine.ts';
import type { LabEvent, NodePhase } from './events.ts';
import { LabStartFailed } from './failures.ts';
import { containerName, labLabel, nodeLabel } from './names.ts';
import { readNodeLogs } from './node-logs.ts';

/** What was going on in a node that had told of a phase last. */
const steps: Record<NodePhase, string> = {
  creating: 'while it was being made',
  starting: 'while its wires were being laid',
  wired: 'while its services were starting',
  ready: 'after its services had answered',
  failed: 'after it had failed',
};

export interface NodeWatch {
  /** To be told everything the start tells: it says how far each node is. */
  onEvent(event: LabEvent): void;
  stop(): void;
}

/** Follows the nodes of a lab that starts; calls `fail` with the reason when one ends. */
export async function watchNodes(
  engine: Engine,
  lab: string,
  fail: (reason: LabStartFailed) => void,
): Promise<NodeWatch> {
  const phases = new Map<string, NodePhase>();
  const tell = async (node: string, code: string) => {
    const step = steps[phases.get(node) ?? 'creating'];
    const logs = await readNodeLogs(engine, lab, node);
    const exit = await engine.readExit(containerName(lab, node)).catch(() => undefined);
    fail(new LabStartFailed(`Node '${node}' ended ${step} (${exit ?? `exit code ${code}`}).`, node, logs));
  };
  const stop = await engine.followEvents(`${labLabel}=${lab}`, ({ action, labels, name }) => {
    if (action === 'die') void tell(labels[nodeLabel] ?? name, labels.exitCode ?? '?');
  });
  return {
    stop,
    onEvent: (event) => {
      if (event.kind === 'node') phases.set(event.node, event.phase);
    },
  };
}
