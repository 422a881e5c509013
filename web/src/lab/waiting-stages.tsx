// A lab that waits for room, and one whose time is over.
import type { LabState } from '../../../server/appliance/http/types.ts';
import { Jack } from '../parts/mark.tsx';
import { endQuestion } from './questions.ts';
import { Remedies } from './remedies.tsx';
import { timeOfDay } from './time-left.ts';
import { passedCount } from './steps.ts';
import { useQuestion } from './use-question.tsx';

interface Props {
  lab: LabState;
  onFailure: (failure: unknown) => void;
}

export function QueuedStage({ lab, onFailure }: Props) {
  const [dialog, ask] = useQuestion(onFailure);
  const { queue } = lab;
  return (
    <div className="stage">
      <h2>Waiting for room on this machine</h2>
      {queue !== undefined && (
        <>
          <p className="queue-place" role="status">
            <span className="queue-number">{queue.position}</span>
            <span>
              {queue.position === 1 ? 'Next' : `Place ${queue.position}`} of {queue.length} waiting
            </span>
          </p>
          <p>{queue.reason}</p>
        </>
      )}
      <p className="soft">
        It starts by itself as soon as there is room. Read the introduction meanwhile; leaving this page keeps
        your place.
      </p>
      <div className="stage-foot">
        <button onClick={() => ask({ ...endQuestion(lab), ...leaving })}>Leave the queue …</button>
      </div>
      {dialog}
    </div>
  );
}

const leaving = {
  title: 'Leave the queue?',
  does: 'The lab is not started.',
  loses: 'Its place in the queue.',
  action: 'Leave the queue',
};

export function EndedStage({ lab, onFailure }: Props) {
  const [dialog, ask] = useQuestion(onFailure);
  const passed = passedCount(lab.steps);
  return (
    <div className="stage">
      <h2>
        <Jack state="stopped" label="" /> The time of this lab is over
      </h2>
      <p>
        {lab.clock !== undefined && `It ended at ${timeOfDay(lab.clock.endsAt)}. `}
        Its nodes have made room for others. Nothing is lost: {passed} of {lab.steps.length} steps stay
        passed, and Resume brings the nodes to where they left you.
      </p>
      <Remedies lab={lab} remedies={['resume']} onFailure={onFailure} />
      <p className="soft">The guide stays readable here without nodes.</p>
      <div className="stage-foot">
        <button onClick={() => ask(endQuestion(lab))}>End lab …</button>
      </div>
      {dialog}
    </div>
  );
}
