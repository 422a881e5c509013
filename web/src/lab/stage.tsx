// What stands in place of the terminals while a lab has no nodes to open one on: why, how far it is, what next.
import type { LabState } from '../../../server/appliance/http/types.ts';
import { EndedStage, QueuedStage } from './waiting-stages.tsx';
import { phaseWords } from './phases.ts';
import { ReplayProgress } from './replay-progress.tsx';
import { StartProgress } from './start-progress.tsx';

export function Stage({ lab, onFailure }: { lab: LabState; onFailure: (failure: unknown) => void }) {
  switch (lab.phase) {
    case 'queued':
      return <QueuedStage lab={lab} onFailure={onFailure} />;
    case 'ended':
      return <EndedStage lab={lab} onFailure={onFailure} />;
    case 'replaying':
      return <ReplayProgress lab={lab} />;
    case 'starting':
    case 'broken':
      return <StartProgress lab={lab} onFailure={onFailure} />;
    case 'ready':
    case 'repairing':
    case 'stopping':
      return (
        <div className="stage">
          <h2>{phaseWords(lab)}</h2>
          <p role="status">{lab.doing}</p>
        </div>
      );
  }
}
