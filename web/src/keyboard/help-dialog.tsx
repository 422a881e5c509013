// What the keyboard does on this page.
import { useId } from 'react';
import { Dialog } from '../parts/ask-dialog.tsx';
import { changeSettings, useSettings } from '../settings.ts';
import { terminalKeys } from '../terminal/terminal-keys.ts';

const everywhere: [string[], string][] = [
  [['Tab'], 'to the next button or link'],
  [['?'], 'this help'],
];
const inCatalog: [string[], string][] = [[['/'], 'find a lab']];
const inLab: [string[], string][] = [
  [['F6'], 'to the next pane, also out of a terminal'],
  [['Shift', 'F6'], 'to the pane before'],
  [['n'], 'next step'],
  [['p'], 'previous step'],
  [['c'], 'check this step'],
  [['h'], 'next hint'],
  [['m'], 'maximise the pane you are in, or all panes again'],
  [['a'], 'another arrangement of the panes'],
  [['← → ↑ ↓'], 'on the bar between two panes: move it'],
];
const inTerminal: [string[], string][] = [
  // leaving is told for all panes
  ...terminalKeys
    .slice(1)
    .map(({ keys: [first = [], ...others], does }): [string[], string] => [
      [...first, ...others.map((held) => held.at(-1)!)],
      does,
    ]),
  [['← →'], 'on a tab: the one beside it'],
  [['Delete'], 'on a tab: close it'],
];

export function HelpDialog({ onClose }: { onClose: () => void }) {
  const heading = useId();
  const { hasShortcuts } = useSettings();
  return (
    <Dialog labelledBy={heading} onClose={onClose}>
      <h2 id={heading}>Keyboard</h2>
      <div className="dialog-text help">
        <Keys title="Everywhere" rows={everywhere} />
        <Keys title="Catalog" rows={inCatalog} />
        <Keys title="Lab" rows={inLab} />
        <Keys title="Terminals" rows={inTerminal} />
      </div>
      <div className="dialog-foot">
        <label className="switch">
          <input
            type="checkbox"
            checked={hasShortcuts}
            onChange={() => changeSettings({ hasShortcuts: !hasShortcuts })}
          />
          Single keys (n, p, c …) are on
        </label>
        <button className="primary" onClick={onClose} autoFocus>
          Close
        </button>
      </div>
    </Dialog>
  );
}

function Keys({ title, rows }: { title: string; rows: [string[], string][] }) {
  return (
    <section>
      <h3>{title}</h3>
      <dl>
        {rows.map(([keys, does]) => (
          <div key={does}>
            <dt>
              {keys.map((key) => (
                <kbd key={key}>{key}</kbd>
              ))}
            </dt>
            <dd>{does}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
