// All steps as a row of jacks, the one being read plugged.
import { useState } from 'react';
import type { Guide, StepState } from '../../../server/appliance/http/types.ts';
import { Jack, type JackState } from '../parts/mark.tsx';

interface Props {
  guide: Guide;
  steps: StepState[];
  current: number;
  onGo: (number: number) => void;
  /** Buttons of the pane. */
  tools?: React.ReactNode;
}

export function StepStrip({ guide, steps, current, onGo, tools }: Props) {
  const [isListOpen, setIsListOpen] = useState(false);
  const all = [{ number: 0, title: 'Introduction' }, ...guide.steps];
  return (
    <div className="strip-frame">
      <ol className={isListOpen ? 'strip strip-list' : 'strip'}>
        {all.map(({ number, title }) => (
          <li key={number}>
            <button
              aria-current={number === current ? 'step' : undefined}
              title={title}
              onClick={() => {
                onGo(number);
                setIsListOpen(false);
              }}
            >
              <Jack {...jackOf(steps.find((step) => step.number === number))} />
              <span className="strip-number">{number === 0 ? 'i' : number}</span>
              <span className={isListOpen ? 'strip-title' : 'visually-hidden'}>{title}</span>
            </button>
          </li>
        ))}
      </ol>
      <button className="quiet" aria-expanded={isListOpen} onClick={() => setIsListOpen(!isListOpen)}>
        All steps
      </button>
      {tools}
    </div>
  );
}

function jackOf(step: StepState | undefined): { state: JackState; label?: string } {
  if (step === undefined) return { state: 'open', label: '' };
  if (step.isChecking) return { state: 'busy', label: 'being checked' };
  return step.verdict === undefined ? { state: 'open', label: 'not checked' } : { state: step.verdict };
}
