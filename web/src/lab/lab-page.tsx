// A running lab: the guide on the left, terminals and the topology on the right.
import { useEffect, useState } from 'react';
import type { Guide, LabState } from '../../../server/appliance/http/types.ts';
import { fetchGuide } from '../api.ts';
import { FailureNote } from '../parts/failure-note.tsx';
import { SplitPane } from '../parts/split-pane.tsx';
import { TopBar } from '../parts/top-bar.tsx';
import { Deck } from '../terminal/deck.tsx';
import { useTerminals } from '../terminal/use-terminals.ts';
import { GuidePane } from './guide-pane.tsx';
import { LabHeading } from './lab-heading.tsx';
import { useSteppingBetweenPanes } from './stepping-between-panes.ts';

export function LabPage({ lab }: { lab: LabState }) {
  const [guide, setGuide] = useState<Guide>();
  const [failure, setFailure] = useState<unknown>();
  const terminals = useTerminals(lab, setFailure);
  useSteppingBetweenPanes();

  useEffect(() => {
    document.title = `${lab.title} · Patchbay`;
    fetchGuide(lab.entry).then(setGuide, setFailure);
  }, [lab.entry, lab.title]);

  return (
    <div className="page lab-page">
      <TopBar>
        <LabHeading lab={lab} onFailure={setFailure} />
      </TopBar>
      <FailureNote failure={failure} onDismiss={() => setFailure(undefined)} />
      <SplitPane
        left={
          <main className="guide-pane" data-pane tabIndex={-1} aria-label="Guide">
            {guide === undefined ? (
              <p className="soft pad">Reading the guide of this lab.</p>
            ) : (
              <GuidePane lab={lab} guide={guide} onRun={terminals.run} onFailure={setFailure} />
            )}
          </main>
        }
        right={<Deck lab={lab} terminals={terminals} />}
      />
    </div>
  );
}
