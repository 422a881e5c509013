// The lab's name and phase in the top bar, and the way out.
import { useState } from 'react';
import type { LabPhase, LabState } from '../../../server/appliance/http/types.ts';
import { destroyLab } from '../api.ts';
import { Jack, type JackState } from '../parts/mark.tsx';

const jacks: Record<LabPhase, JackState> = {
  queued: 'busy',
  starting: 'busy',
  replaying: 'busy',
  ready: 'passed',
  repairing: 'busy',
  stopping: 'busy',
  broken: 'broken',
  ended: 'open',
};
const words: Record<LabPhase, string> = {
  queued: 'Waiting for room',
  starting: 'Starting',
  replaying: 'Typing the solutions',
  ready: 'Ready',
  repairing: 'Being repaired',
  stopping: 'Being taken down',
  broken: 'Lab broken',
  ended: 'Time is over',
};

export function LabHeading({ lab, onFailure }: { lab: LabState; onFailure: (failure: unknown) => void }) {
  const [isAsking, setIsAsking] = useState(false);
  return (
    <>
      <h1 className="lab-title">{lab.title}</h1>
      <span className="lab-phase" role="status">
        <Jack state={jacks[lab.phase]} label="" /> {words[lab.phase]}
      </span>
      {isAsking ? (
        <span className="ask" role="group" aria-label="End the lab">
          <span>End it and lose what you built?</span>
          <button className="danger" autoFocus onClick={() => void destroyLab(lab.id).catch(onFailure)}>
            End the lab
          </button>
          <button onClick={() => setIsAsking(false)}>Keep it</button>
        </span>
      ) : (
        <button className="quiet" disabled={lab.phase === 'stopping'} onClick={() => setIsAsking(true)}>
          End lab
        </button>
      )}
    </>
  );
}
