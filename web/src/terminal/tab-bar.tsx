// Tabs: every open terminal, and a menu of places to open one more.
import { useRef, type KeyboardEvent, type ReactNode } from 'react';
import type { LabState } from '../../../server/appliance/http/types.ts';
import { changeSettings, useSettings } from '../settings.ts';
import { KeysMenu } from './keys-menu.tsx';
import { PlaceMenu } from './place-menu.tsx';
import type { TerminalsView } from './use-terminals.ts';

interface Props {
  lab: LabState;
  terminals: TerminalsView;
  /** Buttons of the pane the tabs are in. */
  tools?: ReactNode;
}

export function TabBar({ lab, terminals, tools }: Props) {
  const list = useRef<HTMLDivElement>(null);
  const { isScreenReaderOn } = useSettings();
  const tabs = lab.terminals;
  const { front } = terminals;

  const onKey = (event: KeyboardEvent) => {
    const steps: Record<string, number> = { ArrowLeft: -1, ArrowRight: 1 };
    const step = steps[event.key];
    if (event.key === 'Delete' && front !== undefined) return terminals.close(front);
    if (step === undefined || tabs.length === 0) return;
    event.preventDefault();
    const at = tabs.findIndex(({ id }) => id === front);
    const next = tabs[(at + step + tabs.length) % tabs.length]!;
    terminals.bringToFront(next.id);
    list.current?.querySelector<HTMLElement>(`#tab-${next.id}`)?.focus();
  };

  return (
    <div className="tab-bar">
      <div className="tabs" role="tablist" aria-label="Terminals" ref={list} onKeyDown={onKey}>
        {tabs.map(({ id, title }) => {
          const isFront = id === front;
          return (
            <button
              key={id}
              id={`tab-${id}`}
              className="tab"
              role="tab"
              aria-selected={isFront}
              aria-controls={`panel-${id}`}
              tabIndex={isFront ? 0 : -1}
              onClick={() => terminals.bringToFront(id)}
              onAuxClick={(event) => event.button === 1 && terminals.close(id)}
            >
              {title}
            </button>
          );
        })}
      </div>
      {front !== undefined && (
        <button className="quiet" onClick={() => terminals.close(front)} title="Ends its shell">
          Close tab
        </button>
      )}
      <span className="tab-bar-gap" />
      <button
        className="quiet"
        aria-pressed={isScreenReaderOn}
        onClick={() => changeSettings({ isScreenReaderOn: !isScreenReaderOn })}
        title="Tells every line of the terminals to a screen reader"
      >
        Screen reader
      </button>
      <KeysMenu />
      <PlaceMenu lab={lab} onOpen={terminals.open} />
      {tools}
    </div>
  );
}
