// What is asked before something is lost, and the ways out of a problem: what each does, what it costs.
import type { LabState, Remedy } from '../../../server/appliance/http/types.ts';
import { askOfLab, bringLab, destroyLab } from '../api.ts';
import { hasNotStarted } from './phases.ts';
import { passedCount } from './steps.ts';

export interface Question {
  title: string;
  /** What happens, in a sentence. */
  does: string;
  /** What is lost by it. */
  loses: string;
  /** What stays. */
  keeps?: string;
  action: string;
  run: () => Promise<unknown>;
}

const built = 'Everything you built in the nodes: networks, instances, files, open terminals.';
const stepsWord = (count: number) => (count === 1 ? '1 step' : `${count} steps`);

export function endQuestion(lab: LabState): Question {
  const passed = passedCount(lab.steps);
  return {
    title: 'End this lab?',
    does: 'Its nodes are removed and the lab leaves the list.',
    loses: `${built}${passed === 0 ? '' : ` The record of ${stepsWord(passed)} passed goes too.`}`,
    action: 'End the lab',
    run: () => destroyLab(lab.id),
  };
}

export function resetQuestion(lab: LabState): Question {
  return {
    title: 'Start this lab over?',
    does: 'Fresh nodes replace these, as at the very start.',
    loses: `${built} All ${stepsWord(lab.steps.length)} are open again.`,
    action: 'Start over',
    run: () => askOfLab(lab.id, 'reset'),
  };
}

export function bringQuestion(lab: LabState, step: number): Question {
  const typed = step === 1 ? 'the solution of step 1 is' : `the solutions of steps 1 to ${step} are`;
  return {
    title: `Go to the end of step ${step}?`,
    does: `Fresh nodes replace these; then ${typed} typed for you, and you can watch.`,
    loses: built,
    keeps: 'Steps that you passed yourself stay passed; those typed for you are marked as replayed.',
    action: `Go to the end of step ${step}`,
    run: () => bringLab(lab.id, step),
  };
}

export function resumeQuestion(lab: LabState): Question {
  const passed = passedCount(lab.steps);
  return {
    title: 'Build it again as far as you were?',
    does:
      passed === 0
        ? 'Fresh nodes replace these. No step has passed yet, so it is the start of the lab.'
        : `Fresh nodes replace these; then the solutions of the ${stepsWord(passed)} that passed are typed for you.`,
    loses: `${built} What no passed step covers has to be done again.`,
    keeps: 'Your progress.',
    action: 'Build it again',
    run: () => askOfLab(lab.id, 'resume'),
  };
}

export interface RemedyChoice {
  remedy: Remedy;
  label: string;
  /** What it does and what it costs, beside the button. */
  effect: string;
  /** Asked first where something is lost. */
  question?: Question;
  run: () => Promise<unknown>;
}

export function remedyChoice(lab: LabState, remedy: Remedy): RemedyChoice {
  const choice = { remedy, run: () => askOfLab(lab.id, remedy) };
  switch (remedy) {
    case 'repair':
      return {
        ...{ ...choice, label: 'Repair' },
        effect: 'Mends what is broken and leaves what you built. Nothing is lost.',
      };
    case 'restart':
      return {
        ...{ ...choice, label: 'Restart the nodes' },
        effect: 'Starts the nodes that have stopped. Their files stay; what ran in their terminals is gone.',
      };
    case 'reset':
      if (hasNotStarted(lab))
        return {
          ...choice,
          label: 'Start it again',
          effect: 'Makes fresh nodes. There is nothing to lose yet.',
        };
      return {
        ...{ ...choice, label: 'Start over …' },
        effect: 'Fresh nodes, every step open again. What you built is lost.',
        question: resetQuestion(lab),
      };
    case 'resume': {
      const passed = passedCount(lab.steps);
      const typed = passed === 0 ? '' : `, then the ${stepsWord(passed)} that passed typed again for you`;
      if (lab.phase === 'ended')
        return { ...choice, label: 'Resume', effect: `Fresh nodes${typed}. Nothing more is lost.` };
      return {
        ...{ ...choice, label: 'Build it again …' },
        effect: `Fresh nodes${typed}. Your progress stays; other things you built are lost.`,
        question: resumeQuestion(lab),
      };
    }
  }
}
