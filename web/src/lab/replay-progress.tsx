// A lab being brought to a step: the solutions that are typed, and what is being typed now.
import type { LabState } from '../../../server/appliance/http/types.ts';
import { Jack } from '../parts/mark.tsx';
import { placeName } from './place-name.ts';
import { jackOfStep } from './steps.ts';

export function ReplayProgress({ lab }: { lab: LabState }) {
  const { replay } = lab;
  const share = replay === undefined ? undefined : shareOf(replay);
  return (
    <div className="stage">
      <h2>
        {replay === undefined
          ? 'Typing the solutions'
          : `Bringing the lab to the end of step ${replay.until}`}
      </h2>
      <p className="visually-hidden" role="status">
        {replay !== undefined && `Typing step ${replay.step} of ${replay.until}`}
      </p>
      <progress
        className="replay-bar"
        aria-label="Progress of the replay"
        {...(share === undefined ? {} : { max: 1, value: share })}
      />
      {replay?.command !== undefined && (
        <p className="replay-now">
          <span className="command-place">{placeName(replay.command.place)}</span>
          <code>{replay.command.text}</code>
        </p>
      )}
      {lab.doing !== undefined && <p className="soft">{lab.doing}</p>}
      {replay !== undefined && (
        <ol className="replay-steps">
          {lab.steps
            .filter(({ number }) => number <= replay.until)
            .map((step) => (
              <li key={step.number} className={step.number === replay.step ? 'replay-current' : ''}>
                <Jack
                  {...(step.number === replay.step
                    ? { state: 'busy', label: 'being typed' }
                    : jackOfStep(step))}
                />
                <span>
                  {step.number}. {step.title}
                </span>
              </li>
            ))}
        </ol>
      )}
      <p className="soft">The topology shows what comes to be. Terminals open when this is done.</p>
    </div>
  );
}

const shareOf = ({ step, until, commandsDone, commandsTotal }: NonNullable<LabState['replay']>) =>
  commandsDone !== undefined && commandsTotal !== undefined && commandsTotal > 0
    ? commandsDone / commandsTotal
    : (step - 1) / until;
