// The time a lab has left: always to be seen, amber when it is short, said aloud three times, extended by a click.
import { useEffect, useRef, useState } from 'react';
import type { LabClock, LabState } from '../../../server/appliance/http/types.ts';
import { askOfLab } from '../api.ts';
import { useSecondsUntil } from '../parts/clock.ts';
import { spokenAt, timeLeft, timeOfDay } from './time-left.ts';

interface Props {
  lab: LabState;
  clock: LabClock;
  onFailure: (failure: unknown) => void;
}

export function LabClockView({ lab, clock, onFailure }: Props) {
  const seconds = useSecondsUntil(Date.parse(clock.endsAt));
  const { text, isShort } = timeLeft(seconds);
  return (
    <span className={isShort ? 'lab-clock lab-clock-short' : 'lab-clock'}>
      <svg className="icon" viewBox="0 0 20 20" aria-hidden="true">
        <circle cx="10" cy="10" r="7.5" />
        <path d="M10 5.5V10l3 2" />
      </svg>
      <span>
        <span className="visually-hidden">Time left: </span>
        {text}
      </span>
      <button
        onClick={() => void askOfLab(lab.id, 'extend').catch(onFailure)}
        title={`The lab ends at ${timeOfDay(clock.endsAt)}; nothing is lost then`}
      >
        +{clock.extendMinutes} min
        <span className="visually-hidden"> more time</span>
      </button>
      <Spoken seconds={seconds} extendMinutes={clock.extendMinutes} />
    </span>
  );
}

/** Says that time is short when 15, 5 and 1 minutes are left, once each; more time makes it say them again. */
function Spoken({ seconds, extendMinutes }: { seconds: number; extendMinutes: number }) {
  const before = useRef(seconds);
  const [said, setSaid] = useState('');
  useEffect(() => {
    const minutes = spokenAt(before.current, seconds);
    if (minutes !== undefined)
      setSaid(
        `${minutes} ${minutes === 1 ? 'minute' : 'minutes'} left in this lab. More time adds ${extendMinutes} minutes; nothing is lost when it ends.`,
      );
    before.current = seconds;
  }, [seconds, extendMinutes]);
  return (
    <span className="visually-hidden" role="alert">
      {said}
    </span>
  );
}
