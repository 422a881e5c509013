// A running lab: guide, terminals and topology in panes.
import { useCallback, useEffect, useMemo, useState } from 'react';
import type { Guide, LabState, Place, PlacedCommand } from '../../../server/appliance/http/types.ts';
import { fetchGuide } from '../api.ts';
import { Findings } from '../author/findings.tsx';
import { useAuthor } from '../author/use-author.ts';
import { useShortcuts } from '../keyboard/use-shortcuts.ts';
import { paneNames, paneTitles, type PaneName } from '../panes/layout.ts';
import { PaneSwitches } from '../panes/pane-tools.tsx';
import { Panes } from '../panes/panes.tsx';
import { usePanes } from '../panes/use-panes.ts';
import { FailureNote } from '../parts/failure-note.tsx';
import { SkipLinks, type SkipTarget } from '../parts/skip-links.tsx';
import { TopBar } from '../parts/top-bar.tsx';
import { useTerminals } from '../terminal/use-terminals.ts';
import { GuidePane } from './guide-pane.tsx';
import { LabBanner } from './lab-banner.tsx';
import { LabHeading } from './lab-heading.tsx';
import { useSteppingBetweenPanes } from './stepping-between-panes.ts';
import { TerminalsPane } from './terminals-pane.tsx';
import { TopologyPane } from './topology-pane.tsx';
import { VerdictAnnouncer } from './verdict-announcer.tsx';

export default function LabPage({ lab }: { lab: LabState }) {
  const { author, isLost } = useAuthor();
  const isWritten = author?.guide.entry === lab.entry;
  const [fetched, setGuide] = useState<Guide>();
  const guide = isWritten ? author.guide : fetched;
  const [failure, setFailure] = useState<unknown>();
  const terminals = useTerminals(lab, setFailure);
  const panes = usePanes();
  useSteppingBetweenPanes();

  useEffect(() => {
    document.title = `${lab.title} · Patchbay`;
    fetchGuide(lab.entry).then(setGuide, setFailure);
  }, [lab.entry, lab.title]);

  const { reveal } = panes;
  const { run, open } = terminals;
  const runInSight = useCallback(
    (command: PlacedCommand) => {
      reveal('terminals');
      run(command);
    },
    [reveal, run],
  );
  const openInSight = useCallback(
    (place: Place) => {
      reveal('terminals');
      open(place);
    },
    [reveal, open],
  );

  const skipTargets = useMemo(
    () =>
      paneNames.map((name): SkipTarget => ({
        text: `Skip to: ${paneTitles[name]}`,
        id: `pane-${name}`,
        onGo: () => reveal(name),
      })),
    [reveal],
  );
  useShortcuts({
    a: panes.nextArrangement,
    m: () => {
      const at = document.activeElement?.closest<HTMLElement>('[data-pane]')?.dataset.pane;
      panes.toggleMaximised(panes.layout.maximised ?? (at as PaneName | undefined) ?? 'guide');
    },
  });

  return (
    <div className="page lab-page">
      <SkipLinks targets={skipTargets} />
      <TopBar>
        <LabHeading lab={lab} onFailure={setFailure} />
        <PaneSwitches panes={panes} />
      </TopBar>
      <VerdictAnnouncer steps={lab.steps} />
      {isWritten && (
        <details className="author-strip" open={author.findings.length > 0 || author.isCloudChanged}>
          <summary>The folder of this lab</summary>
          <Findings author={author} isLost={isLost} />
        </details>
      )}
      <FailureNote failure={failure} onDismiss={() => setFailure(undefined)} />
      <LabBanner lab={lab} isNarrow={panes.isNarrow} onFailure={setFailure} />
      <Panes
        panes={panes}
        contents={{
          guide:
            guide === undefined ? (
              <p className="soft pad">Reading the guide of this lab.</p>
            ) : (
              <GuidePane lab={lab} guide={guide} panes={panes} onRun={runInSight} onFailure={setFailure} />
            ),
          terminals: <TerminalsPane lab={lab} terminals={terminals} panes={panes} onFailure={setFailure} />,
          topology: <TopologyPane lab={lab} panes={panes} onOpen={openInSight} />,
        }}
      />
    </div>
  );
}
