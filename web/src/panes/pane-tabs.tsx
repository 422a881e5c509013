// The panes as tabs, in a window that has room for one.
import { useRef } from 'react';
import { paneNames, paneTitles } from './layout.ts';
import type { PanesView } from './use-panes.ts';

export function PaneTabs({ panes }: { panes: PanesView }) {
  const list = useRef<HTMLDivElement>(null);
  const { front } = panes.layout;
  const onKey = (event: React.KeyboardEvent) => {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    const next = paneNames[(paneNames.indexOf(front) + step + paneNames.length) % paneNames.length]!;
    panes.reveal(next);
    list.current?.querySelector<HTMLElement>(`#show-${next}`)?.focus();
  };
  return (
    <div className="pane-tabs" role="tablist" aria-label="Panes" ref={list} onKeyDown={onKey}>
      {paneNames.map((name) => (
        <button
          key={name}
          id={`show-${name}`}
          role="tab"
          aria-selected={name === front}
          aria-controls={`pane-${name}`}
          tabIndex={name === front ? 0 : -1}
          onClick={() => panes.reveal(name)}
        >
          {paneTitles[name]}
        </button>
      ))}
    </div>
  );
}
