// A lab on its way up: every node with what it is doing. Also one that did not come up, with the reason.
import { memo } from 'react';
import type { LabState, NodePhase, NodeState } from '../../../server/appliance/http/types.ts';
import { destroyLab, startLab } from '../api.ts';
import { useSecondsSince } from '../parts/clock.ts';
import type { JackState } from '../parts/jack-state.ts';
import { Jack } from '../parts/mark.tsx';
import { navigate } from '../route.ts';
import { ProblemNote } from './problem-note.tsx';

const jacks: Record<NodePhase, JackState> = {
  waiting: 'open',
  starting: 'busy',
  ready: 'passed',
  failed: 'failed',
  stopped: 'stopped',
};

interface Props {
  lab: LabState;
  onFailure: (failure: unknown) => void;
}

export function StartProgress({ lab, onFailure }: Props) {
  const ready = lab.nodes.filter(({ phase }) => phase === 'ready').length;
  const isStarting = lab.phase === 'starting';
  return (
    <div className="stage">
      <div className="stage-head">
        <h2>{isStarting ? (lab.doing ?? 'Starting the lab') : 'The lab did not start'}</h2>
        {isStarting && <Elapsed from={lab.startedAt} />}
      </div>
      {lab.problem && <ProblemNote lab={lab} problem={lab.problem} onFailure={onFailure} />}
      {!isStarting && (lab.problem?.remedies ?? []).length === 0 && (
        <AfterFailure lab={lab} onFailure={onFailure} />
      )}
      <p className="visually-hidden" role="status">
        {ready} of {lab.nodes.length} nodes ready
      </p>
      <ul className="start-nodes">
        {lab.nodes.map((node) => (
          <NodeRow key={node.name} node={node} />
        ))}
      </ul>
      {isStarting && (
        <p className="soft">Read the introduction meanwhile; terminals open here when the nodes are up.</p>
      )}
    </div>
  );
}

/** Nothing of the lab is left, so that nothing can be lost by starting another in its place. */
function AfterFailure({ lab, onFailure }: Props) {
  const again = async () => {
    const { id } = await startLab(lab.entry);
    navigate(`/labs/${encodeURIComponent(id)}`);
    await destroyLab(lab.id);
  };
  return (
    <div className="stage-foot">
      <button className="primary" onClick={() => void again().catch(onFailure)}>
        Start it again
      </button>
      <button
        onClick={() => void destroyLab(lab.id).then(() => navigate('/'), onFailure)}
        title="Takes it off the list; nothing of it runs"
      >
        Remove it
      </button>
    </div>
  );
}

const NodeRow = memo(function NodeRow({ node }: { node: NodeState }) {
  return (
    <li className={`start-node start-node-${node.phase}`}>
      <Jack state={jacks[node.phase]} label="" />
      <span className="start-name">{node.name}</span>
      <progress max={1} value={node.progress} aria-label={`Progress of ${node.name}`} />
      <span className="start-doing">{node.phase === 'ready' ? 'ready' : node.doing}</span>
    </li>
  );
});

function Elapsed({ from }: { from: string }) {
  return <span className="soft">{useSecondsSince(from)} s</span>;
}
