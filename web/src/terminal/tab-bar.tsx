// Tabs: the topology, every open terminal, and a menu of places to open one more.
import { useRef, type KeyboardEvent } from 'react';
import type { LabState } from '../../../server/appliance/http/types.ts';
import { changeSettings, useSettings } from '../settings.ts';
import { PlaceMenu } from './place-menu.tsx';
import type { TerminalsView } from './use-terminals.ts';

export function TabBar({ lab, terminals }: { lab: LabState; terminals: TerminalsView }) {
  const list = useRef<HTMLDivElement>(null);
  const { isScreenReaderOn } = useSettings();
  const tabs = [{ id: 'topology', title: 'Topology' }, ...lab.terminals];

  const onKey = (event: KeyboardEvent) => {
    const steps: Record<string, number> = { ArrowLeft: -1, ArrowRight: 1 };
    const step = steps[event.key];
    if (event.key === 'Delete' && terminals.front !== 'topology') return terminals.close(terminals.front);
    if (step === undefined) return;
    event.preventDefault();
    const at = tabs.findIndex(({ id }) => id === terminals.front);
    const next = tabs[(at + step + tabs.length) % tabs.length]!;
    terminals.bringToFront(next.id);
    list.current?.querySelector<HTMLElement>(`#tab-${next.id}`)?.focus();
  };

  return (
    <div className="tab-bar">
      <div className="tabs" role="tablist" aria-label="Terminals" ref={list} onKeyDown={onKey}>
        {tabs.map(({ id, title }) => {
          const isFront = id === terminals.front;
          return (
            <button
              key={id}
              id={`tab-${id}`}
              className={id === 'topology' ? 'tab tab-topology' : 'tab'}
              role="tab"
              aria-selected={isFront}
              aria-controls={`panel-${id}`}
              tabIndex={isFront ? 0 : -1}
              onClick={() => terminals.bringToFront(id)}
              onAuxClick={(event) => event.button === 1 && id !== 'topology' && terminals.close(id)}
            >
              {title}
            </button>
          );
        })}
      </div>
      {terminals.front !== 'topology' && (
        <button className="quiet" onClick={() => terminals.close(terminals.front)} title="Ends its shell">
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
      <PlaceMenu lab={lab} onOpen={terminals.open} />
    </div>
  );
}
