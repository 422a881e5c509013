// One step: its text, its check, and the help there is for it. Shut steps say what has to pass first.
import type { GuideStep, LabState, PlacedCommand, StepState } from '../../../server/appliance/http/types.ts';
import { Blocks } from './blocks.tsx';
import { CheckPanel } from './check-panel.tsx';
import { GateNote } from './gate-note.tsx';
import { HintButton, HintList } from './hints.tsx';
import { bringQuestion } from './questions.ts';
import { SolutionPanel } from './solution-panel.tsx';
import { firstBefore, isShutNow } from './steps.ts';
import { useQuestion } from './use-question.tsx';

interface Props {
  lab: LabState;
  step: GuideStep;
  state: StepState | undefined;
  count: number;
  onGo: (step: number) => void;
  onRun: (command: PlacedCommand) => void;
  onFailure: (failure: unknown) => void;
}

export function StepPage({ lab, step, state, count, onGo, onRun, onFailure }: Props) {
  const isShut = state !== undefined && isShutNow(state);
  return (
    <>
      <p className="guide-count">
        Step {step.number} of {count}
      </p>
      <h2>{step.title}</h2>
      {isShut && (
        <GateNote
          lab={lab}
          step={step.number}
          before={firstBefore(lab.steps, step.number)}
          onGo={onGo}
          onFailure={onFailure}
        />
      )}
      <Blocks blocks={step.blocks} onRun={onRun} />
      {state !== undefined && <CheckPanel lab={lab} step={state} onRun={onRun} onFailure={onFailure} />}
      {state !== undefined && <HintList step={state} />}
      {!isShut && <StepHelp lab={lab} step={step} state={state} onRun={onRun} onFailure={onFailure} />}
    </>
  );
}

/** From the smallest help to the largest: a hint, the solution, the lab brought to the end of the step. */
function StepHelp({ lab, step, state, onRun, onFailure }: Omit<Props, 'count' | 'onGo'>) {
  const [dialog, ask] = useQuestion(onFailure);
  const canBring = (lab.phase === 'ready' || lab.phase === 'broken') && step.hasSolution;
  return (
    <SolutionPanel
      lab={lab.id}
      step={step.number}
      hasSolution={step.hasSolution}
      isOffered={state?.hintsLeft === 0 && state.hints.length > 0}
      onRun={onRun}
      onFailure={onFailure}
      before={state && <HintButton lab={lab.id} step={state} onFailure={onFailure} />}
      after={
        canBring && (
          <button onClick={() => ask(bringQuestion(lab, step.number))}>
            Bring me to the end of this step …
          </button>
        )
      }
    >
      {dialog}
    </SolutionPanel>
  );
}
