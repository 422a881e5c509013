// The lab's name and phase in the top bar, and the way out.
import { useState } from 'react';
import type { LabPhase, LabState } from '../../../server/appliance/http/types.ts';
import { destroyLab } from '../api.ts';
import { Jack, type JackState } from '../parts/mark.tsx';

const jacks: Record<LabPhase, JackState> = {
  starting: 'busy',
  ready: 'passed',
  stopping: 'busy',
  broken: 'broken',
};
const words: Record<LabPhase, string> = {
  starting: 'Starting',
  ready: 'Ready',
  stopping: 'Being taken down',
  broken: 'Lab broken',
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
