// All steps as a row of jacks, the one being read plugged.
import { memo, useCallback, useState } from 'react';
import type { Guide, StepState } from '../../../server/appliance/http/types.ts';
import type { JackState } from '../parts/jack-state.ts';
import { Jack } from '../parts/mark.tsx';
import { jackOfStep } from './steps.ts';

interface Props {
  guide: Guide;
  steps: StepState[];
  current: number;
  /** All steps have passed: a page after the last one looks back. */
  hasRecap: boolean;
  onGo: (number: number) => void;
  /** Buttons of the pane. */
  tools?: React.ReactNode;
}

export function StepStrip({ guide, steps, current, hasRecap, onGo, tools }: Props) {
  const [isListOpen, setIsListOpen] = useState(false);
  const recap = guide.steps.length + 1;
  const all = [
    { number: 0, title: 'Introduction' },
    ...guide.steps,
    ...(hasRecap ? [{ number: recap, title: 'Recap' }] : []),
  ];
  const goAndFold = useCallback(
    (number: number) => {
      onGo(number);
      setIsListOpen(false);
    },
    [onGo],
  );
  return (
    <div className="strip-frame">
      <ol className={isListOpen ? 'strip strip-list' : 'strip'}>
        {all.map(({ number, title }) => (
          <StripItem
            key={number}
            number={number}
            mark={number === 0 ? 'i' : number === recap ? 'Σ' : String(number)}
            title={title}
            jack={number === recap ? done : jackOfStep(steps.find((step) => step.number === number))}
            isCurrent={number === current}
            isLong={isListOpen}
            onGo={goAndFold}
          />
        ))}
      </ol>
      <button
        className="quiet"
        aria-label="All steps"
        title={isListOpen ? 'Fold the list of steps' : 'All steps with their titles'}
        aria-expanded={isListOpen}
        onClick={() => setIsListOpen(!isListOpen)}
      >
        <svg className="icon" viewBox="0 0 20 20" aria-hidden="true">
          <path d={isListOpen ? 'M5 12l5-5 5 5' : 'M5 8l5 5 5-5'} />
        </svg>
      </button>
      {tools}
    </div>
  );
}

const done = { state: 'passed', label: '' } as const;

interface ItemProps {
  number: number;
  mark: string;
  title: string;
  jack: { state: JackState; label: string };
  isCurrent: boolean;
  /** The title is shown beside the jack. */
  isLong: boolean;
  onGo: (number: number) => void;
}

const StripItem = memo(
  function StripItem({ number, mark, title, jack, isCurrent, isLong, onGo }: ItemProps) {
    return (
      <li>
        <button
          aria-current={isCurrent ? 'step' : undefined}
          title={jack.label === '' ? title : `${title}: ${jack.label}`}
          onClick={() => onGo(number)}
        >
          <Jack {...jack} />
          <span className="strip-number">{mark}</span>
          <span className={isLong ? 'strip-title' : 'visually-hidden'}>{title}</span>
        </button>
      </li>
    );
  },
  (before, after) =>
    before.jack.state === after.jack.state &&
    before.jack.label === after.jack.label &&
    before.title === after.title &&
    before.isCurrent === after.isCurrent &&
    before.isLong === after.isLong &&
    before.onGo === after.onGo,
);
