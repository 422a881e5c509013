// The pane of the terminals; while there are no nodes to open one on, how far the lab is.
import { lazy, Suspense } from 'react';
import type { LabState } from '../../../server/appliance/http/types.ts';
import { PaneTools } from '../panes/pane-tools.tsx';
import type { PanesView } from '../panes/use-panes.ts';
import type { TerminalsView } from '../terminal/use-terminals.ts';
import { hasNodes } from './phases.ts';
import { Stage } from './stage.tsx';

const Deck = lazy(() => import('../terminal/deck.tsx'));

interface Props {
  lab: LabState;
  terminals: TerminalsView;
  panes: PanesView;
  onFailure: (failure: unknown) => void;
}

export function TerminalsPane({ lab, terminals, panes, onFailure }: Props) {
  const tools = <PaneTools name="terminals" panes={panes} />;
  if (!hasNodes(lab))
    return (
      <>
        <div className="pane-head">
          <h2>Lab</h2>
          {tools}
        </div>
        <div className="stage-scroll" role="region" aria-label="How far the lab is" tabIndex={0}>
          <Stage lab={lab} onFailure={onFailure} />
        </div>
      </>
    );
  return (
    <Suspense fallback={<p className="soft pad">Loading the terminals.</p>}>
      <Deck lab={lab} terminals={terminals} tools={tools} />
    </Suspense>
  );
}
