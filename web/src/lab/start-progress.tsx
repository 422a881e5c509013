// A lab on its way up: every node with what it is doing.
import type { LabState, NodePhase, NodeState } from '../../../server/appliance/http/types.ts';
import { useSecondsSince } from '../parts/clock.ts';
import { Jack, type JackState } from '../parts/mark.tsx';
import { ProblemNote } from './problem-note.tsx';

const jacks: Record<NodePhase, JackState> = {
  waiting: 'open',
  starting: 'busy',
  ready: 'passed',
  failed: 'failed',
  stopped: 'stopped',
};

export function StartProgress({ lab }: { lab: LabState }) {
  const ready = lab.nodes.filter(({ phase }) => phase === 'ready').length;
  return (
    <div className="start">
      <div className="start-head">
        <h2>{lab.phase === 'broken' ? 'The lab did not start' : (lab.doing ?? 'Starting the lab')}</h2>
        {lab.phase === 'starting' && <Elapsed from={lab.startedAt} />}
      </div>
      {lab.problem && <ProblemNote problem={lab.problem} />}
      <p className="visually-hidden" role="status">
        {ready} of {lab.nodes.length} nodes ready
      </p>
      <ul className="start-nodes">
        {lab.nodes.map((node) => (
          <NodeRow key={node.name} node={node} />
        ))}
      </ul>
      {lab.phase === 'starting' && (
        <p className="soft">Read the introduction meanwhile; terminals open here when the nodes are up.</p>
      )}
    </div>
  );
}

function NodeRow({ node }: { node: NodeState }) {
  return (
    <li className={`start-node start-node-${node.phase}`}>
      <Jack state={jacks[node.phase]} label="" />
      <span className="start-name">{node.name}</span>
      <progress max={1} value={node.progress} aria-label={`Progress of ${node.name}`} />
      <span className="start-doing">{node.phase === 'ready' ? 'ready' : node.doing}</span>
    </li>
  );
}

function Elapsed({ from }: { from: string }) {
  return <span className="soft">{useSecondsSince(from)} s</span>;
}
