// Buttons that arrange the panes: two in each pane, and a group in the top bar that brings hidden ones back.
import { paneNames, paneTitles, visiblePanes, type Arrangement, type PaneName } from './layout.ts';
import type { PanesView } from './use-panes.ts';

/** Maximise and hide, in the corner of a pane. */
export function PaneTools({ name, panes }: { name: PaneName; panes: PanesView }) {
  if (panes.isNarrow) return null;
  const isMaximised = panes.layout.maximised === name;
  const title = paneTitles[name];
  return (
    <span className="pane-tools">
      <button
        className="quiet"
        aria-pressed={isMaximised}
        aria-label={`Maximise: ${title}`}
        title={isMaximised ? 'Back to all panes (m)' : 'Maximise (m)'}
        onClick={() => panes.toggleMaximised(name)}
      >
        <svg className="icon" viewBox="0 0 20 20" aria-hidden="true">
          <path d={isMaximised ? 'M8 3v5H3m9 9v-5h5' : 'M3 8V3h5m9 9v5h-5'} />
        </svg>
      </button>
      <button
        className="quiet"
        aria-label={`Hide: ${title}`}
        title="Hide; the button in the top bar shows it again"
        disabled={visiblePanes(panes.layout).length === 1}
        onClick={() => panes.toggleHidden(name)}
      >
        <svg className="icon" viewBox="0 0 20 20" aria-hidden="true">
          <path d="M4 15h12" />
        </svg>
      </button>
    </span>
  );
}

const icons: Record<PaneName, string> = {
  guide: 'M4 5h12M4 10h12M4 15h7',
  terminals: 'M4 6l4 4-4 4m6 1h6',
  topology: 'M8 3h4v4H8zM3 13h4v4H3zm10 0h4v4h-4zM10 7v3m-5 3v-3h10v3',
};
const arrangementWords: Record<Arrangement, string> = {
  'below-terminals': 'topology below the terminals',
  'below-guide': 'topology below the guide',
  columns: 'three columns',
};
const arrangementIcons: Record<Arrangement, string> = {
  'below-terminals': 'M2.5 3.5h15v13h-15zM9 3.5v13M9 11h8.5',
  'below-guide': 'M2.5 3.5h15v13h-15zM9 3.5v13M2.5 11H9',
  columns: 'M2.5 3.5h15v13h-15zM7.5 3.5v13m5-13v13',
};

/** Which panes are there, in which arrangement. */
export function PaneSwitches({ panes }: { panes: PanesView }) {
  if (panes.isNarrow) return null;
  const { layout } = panes;
  const visible = visiblePanes(layout);
  return (
    <div className="pane-switches" role="group" aria-label="Panes">
      {paneNames.map((name) => {
        const isShown = visible.includes(name);
        return (
          <button
            key={name}
            className="quiet"
            aria-pressed={isShown}
            aria-label={paneTitles[name]}
            title={`${isShown ? 'Hide' : 'Show'}: ${paneTitles[name]}`}
            onClick={() => panes.toggleHidden(name)}
          >
            <svg className="icon" viewBox="0 0 20 20" aria-hidden="true">
              <path d={icons[name]} />
            </svg>
          </button>
        );
      })}
      <button
        className="quiet"
        aria-label={`Arrangement: ${arrangementWords[layout.arrangement]}`}
        title={`Arrangement: ${arrangementWords[layout.arrangement]} (a changes it)`}
        onClick={panes.nextArrangement}
      >
        <svg className="icon" viewBox="0 0 20 20" aria-hidden="true">
          <path d={arrangementIcons[layout.arrangement]} />
        </svg>
      </button>
    </div>
  );
}
