// The guide: a strip of all steps, the text of one, its check.
import { useEffect, useRef, useState } from 'react';
import type { Guide, LabState, PlacedCommand } from '../../../server/appliance/http/types.ts';
import { PaneTools } from '../panes/pane-tools.tsx';
import type { PanesView } from '../panes/use-panes.ts';
import { Blocks } from './blocks.tsx';
import { CheckPanel } from './check-panel.tsx';
import { SolutionPanel } from './solution-panel.tsx';
import { StepStrip } from './step-strip.tsx';

export interface GuideProps {
  lab: LabState;
  guide: Guide;
  panes: PanesView;
  onRun: (command: PlacedCommand) => void;
  onFailure: (failure: unknown) => void;
}

export function GuidePane({ lab, guide, panes, onRun, onFailure }: GuideProps) {
  const [number, setNumber] = useStepNumber(lab, guide.steps.length);
  const text = useRef<HTMLDivElement>(null);
  const step = guide.steps.find((one) => one.number === number);
  const state = lab.steps.find((one) => one.number === number);
  const go = (to: number) => {
    setNumber(to);
    text.current?.scrollTo(0, 0);
    text.current?.focus();
  };

  return (
    <>
      <StepStrip
        guide={guide}
        steps={lab.steps}
        current={number}
        onGo={go}
        tools={<PaneTools name="guide" panes={panes} />}
      />
      <div className="guide-text" ref={text} tabIndex={0} role="region" aria-label="Text of the step">
        {step === undefined ? (
          <>
            <h2>{guide.title}</h2>
            <Blocks blocks={guide.introduction} onRun={onRun} />
          </>
        ) : (
          <>
            <p className="guide-count">
              Step {number} of {guide.steps.length}
            </p>
            <h2>{step.title}</h2>
            <Blocks blocks={step.blocks} onRun={onRun} />
            <CheckPanel key={number} lab={lab} step={state} onRun={onRun} onFailure={onFailure} />
            {step.hasSolution && (
              <SolutionPanel
                key={`solution ${number}`}
                lab={lab.id}
                step={number}
                onRun={onRun}
                onFailure={onFailure}
              />
            )}
          </>
        )}
      </div>
      <nav className="guide-foot" aria-label="Steps">
        <button disabled={number === 0} onClick={() => go(number - 1)}>
          Back
        </button>
        <span className="soft">
          {lab.steps.filter(({ verdict }) => verdict === 'passed').length} of {lab.steps.length} passed
        </span>
        <button
          className={state === undefined || state.verdict === 'passed' ? 'primary' : ''}
          disabled={number >= guide.steps.length}
          onClick={() => go(number + 1)}
        >
          {number === 0 ? 'Begin' : 'Next step'}
        </button>
      </nav>
    </>
  );
}

/** Step 0 is the introduction. A reload comes back to the step last looked at in this lab. */
function useStepNumber(lab: LabState, count: number): [number, (number: number) => void] {
  const key = `patchbay-step-${lab.id}`;
  const [number, setNumber] = useState(() => Math.min(count, Number(sessionStorage.getItem(key) ?? 0)));
  useEffect(() => sessionStorage.setItem(key, String(number)), [key, number]);
  return [number, setNumber];
}
