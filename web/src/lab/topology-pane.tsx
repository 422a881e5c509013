// The pane of the topology. Its layout engine is large: loaded when the pane is first seen.
import { lazy, Suspense, useMemo } from 'react';
import type { LabState } from '../../../server/appliance/http/types.ts';
import { visiblePanes } from '../panes/layout.ts';
import { PaneTools } from '../panes/pane-tools.tsx';
import type { PanesView } from '../panes/use-panes.ts';

const TopologyView = lazy(() => import('../topology/topology-view.tsx'));

interface Props {
  lab: LabState;
  panes: PanesView;
  onOpen: (place: string) => void;
}

export function TopologyPane({ lab, panes, onOpen }: Props) {
  const { layout, isNarrow } = panes;
  const isSeen = isNarrow ? layout.front === 'topology' : visiblePanes(layout).includes('topology');
  // A step that was checked or a terminal that was opened draws no picture anew.
  const { id, nodes, wires, instances, plumbing } = lab;
  const pictured = useMemo(() => lab, [id, nodes, wires, instances, plumbing]);
  const picture = useMemo(() => <TopologyView lab={pictured} onOpen={onOpen} />, [pictured, onOpen]);
  return (
    <>
      <div className="pane-head">
        <h2>Topology</h2>
        <PaneTools name="topology" panes={panes} />
      </div>
      <div className="topology">
        {isSeen && (
          <Suspense fallback={<p className="soft pad">Loading the layout engine.</p>}>{picture}</Suspense>
        )}
      </div>
    </>
  );
}
