// The lab's name, phase, clock and menu in the top bar.
import type { LabState } from '../../../server/appliance/http/types.ts';
import { Jack } from '../parts/mark.tsx';
import { LabClockView } from './lab-clock.tsx';
import { LabMenu } from './lab-menu.tsx';
import { phaseJacks, phaseWords } from './phases.ts';

export function LabHeading({ lab, onFailure }: { lab: LabState; onFailure: (failure: unknown) => void }) {
  const hasClock = lab.clock !== undefined && lab.phase !== 'ended' && lab.phase !== 'stopping';
  return (
    <>
      <h1 className="lab-title" title={`${lab.title} (${lab.id})`}>
        {lab.title}
      </h1>
      <span className="lab-phase" role="status">
        <Jack state={phaseJacks[lab.phase]} label="" /> {phaseWords(lab)}
      </span>
      {hasClock && <LabClockView lab={lab} clock={lab.clock!} onFailure={onFailure} />}
      <LabMenu lab={lab} onFailure={onFailure} />
    </>
  );
}
