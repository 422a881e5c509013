// The guide: a strip of all steps, the text of one, its check.
import { useCallback, useEffect, useRef, useState } from 'react';
import type { Guide, LabState, PlacedCommand } from '../../../server/appliance/http/types.ts';
import { useShortcuts } from '../keyboard/use-shortcuts.ts';
import { PaneTools } from '../panes/pane-tools.tsx';
import type { PanesView } from '../panes/use-panes.ts';
import { checkStep, openHint } from '../api.ts';
import { Blocks } from './blocks.tsx';
import { checkRefusal } from './check-panel.tsx';
import { Recap } from './recap.tsx';
import { StepPage } from './step-page.tsx';
import { StepStrip } from './step-strip.tsx';
import { isAllPassed, isPassed, passedCount } from './steps.ts';

export interface GuideProps {
  lab: LabState;
  guide: Guide;
  panes: PanesView;
  onRun: (command: PlacedCommand) => void;
  onFailure: (failure: unknown) => void;
}

export function GuidePane({ lab, guide, panes, onRun, onFailure }: GuideProps) {
  const count = guide.steps.length;
  const isDone = isAllPassed(lab.steps);
  // Page 0 is the introduction, the one after the last step the recap.
  const last = isDone ? count + 1 : count;
  const [number, setNumber] = usePageNumber(lab.id, last);
  const text = useRef<HTMLDivElement>(null);
  const step = guide.steps.find((one) => one.number === number);
  const state = lab.steps.find((one) => one.number === number);
  const go = useCallback(
    (to: number) => {
      setNumber(to);
      text.current?.scrollTo(0, 0);
      text.current?.focus();
    },
    [setNumber],
  );
  useShortcuts({
    n: () => number < last && go(number + 1),
    p: () => number > 0 && go(number - 1),
    c: () => {
      if (state !== undefined && checkRefusal(lab, state) === undefined)
        checkStep(lab.id, number).catch(onFailure);
    },
    h: () => {
      if ((state?.hintsLeft ?? 0) > 0) openHint(lab.id, number).catch(onFailure);
    },
  });

  return (
    <>
      <StepStrip
        guide={guide}
        steps={lab.steps}
        current={number}
        hasRecap={isDone}
        onGo={go}
        tools={<PaneTools name="guide" panes={panes} />}
      />
      <div className="guide-text" ref={text} tabIndex={0} role="region" aria-label="Text of the step">
        {number > count && <Recap lab={lab} onFailure={onFailure} />}
        {number === 0 && (
          <>
            <h2>{guide.title}</h2>
            <Blocks blocks={guide.introduction} onRun={onRun} />
          </>
        )}
        {step !== undefined && (
          <StepPage
            key={number}
            lab={lab}
            step={step}
            state={state}
            count={count}
            onGo={go}
            onRun={onRun}
            onFailure={onFailure}
          />
        )}
      </div>
      <nav className="guide-foot" aria-label="Steps">
        <button disabled={number === 0} onClick={() => go(number - 1)}>
          Back
        </button>
        <span className="soft">
          {passedCount(lab.steps)} of {lab.steps.length} passed
        </span>
        <button
          className={state === undefined || isPassed(state) ? 'primary' : ''}
          disabled={number >= last}
          onClick={() => go(number + 1)}
        >
          {number === 0 ? 'Begin' : number >= count && isDone ? 'Recap' : 'Next step'}
        </button>
      </nav>
    </>
  );
}

/** A reload comes back to the page last looked at in this lab. */
function usePageNumber(lab: string, last: number): [number, (number: number) => void] {
  const key = `patchbay-step-${lab}`;
  const [number, setNumber] = useState(() => Number(sessionStorage.getItem(key) ?? 0) || 0);
  useEffect(() => sessionStorage.setItem(key, String(number)), [key, number]);
  return [Math.min(last, number), setNumber];
}
