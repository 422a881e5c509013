// The right side: start progress first, then terminals and the topology in tabs.
import { lazy, Suspense } from 'react';
import type { LabState } from '../../../server/appliance/http/types.ts';
import { StartProgress } from '../lab/start-progress.tsx';
import { ProblemNote } from '../lab/problem-note.tsx';
import { TabBar } from './tab-bar.tsx';
import { TerminalView } from './terminal-view.tsx';
import type { TerminalsView } from './use-terminals.ts';

// The layout engine is large; it is loaded when first looked at.
const TopologyView = lazy(() => import('../topology/topology-view.tsx'));

export function Deck({ lab, terminals }: { lab: LabState; terminals: TerminalsView }) {
  const wasReady = lab.readyAt !== undefined;
  if (!wasReady)
    return (
      <section className="deck" data-pane tabIndex={-1} aria-label="Start of the lab">
        <StartProgress lab={lab} />
      </section>
    );
  const isTopology = terminals.front === 'topology';
  return (
    <section className="deck" data-pane tabIndex={-1} aria-label="Terminals and topology">
      {lab.problem && <ProblemNote problem={lab.problem} />}
      {lab.phase === 'stopping' && (
        <p className="terminal-note" role="status">
          {lab.doing ?? 'The lab is being taken down.'}
        </p>
      )}
      <TabBar lab={lab} terminals={terminals} />
      {lab.terminals.map((terminal) => (
        <TerminalView
          key={terminal.id}
          lab={lab.id}
          terminal={terminal}
          isFront={terminals.front === terminal.id}
          register={terminals.register}
        />
      ))}
      <div
        className="topology"
        id="panel-topology"
        role="tabpanel"
        aria-label="Topology"
        hidden={!isTopology}
      >
        {isTopology && (
          <Suspense fallback={<p className="soft pad">Loading the layout engine.</p>}>
            <TopologyView lab={lab} onOpen={terminals.open} />
          </Suspense>
        )}
      </div>
    </section>
  );
}
