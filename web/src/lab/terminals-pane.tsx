// The pane of the terminals; before there are nodes to open one on, how far the lab is.
import { lazy, Suspense } from 'react';
import type { LabState } from '../../../server/appliance/http/types.ts';
import { PaneTools } from '../panes/pane-tools.tsx';
import type { PanesView } from '../panes/use-panes.ts';
import type { TerminalsView } from '../terminal/use-terminals.ts';
import { ProblemNote } from './problem-note.tsx';
import { StartProgress } from './start-progress.tsx';

const Deck = lazy(() => import('../terminal/deck.tsx'));

interface Props {
  lab: LabState;
  terminals: TerminalsView;
  panes: PanesView;
}

export function TerminalsPane({ lab, terminals, panes }: Props) {
  const tools = <PaneTools name="terminals" panes={panes} />;
  if (lab.readyAt === undefined)
    return (
      <>
        <div className="pane-head">{tools}</div>
        <StartProgress lab={lab} />
      </>
    );
  return (
    <>
      {lab.problem && <ProblemNote problem={lab.problem} />}
      {lab.phase === 'stopping' && (
        <p className="terminal-note" role="status">
          {lab.doing ?? 'The lab is being taken down.'}
        </p>
      )}
      <Suspense fallback={<p className="soft pad">Loading the terminals.</p>}>
        <Deck lab={lab} terminals={terminals} tools={tools} />
      </Suspense>
    </>
  );
}
