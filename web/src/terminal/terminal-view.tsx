// One terminal as a tab's content. It stays drawn while another tab is in front, so that nothing is lost.
import { useEffect, useRef, useState } from 'react';
import type { TerminalState } from '../../../server/appliance/http/types.ts';
import { useSettings } from '../settings.ts';
import type { HeldPaste } from './pasting.ts';
import { createTerminalLink, type LinkView, type TerminalLink } from './terminal-link.ts';
import { terminalLook } from './terminal-look.ts';
import { TerminalNotes } from './terminal-notes.tsx';
import { TerminalSearch } from './terminal-search.tsx';
import type { TerminalsView } from './use-terminals.ts';
import '@xterm/xterm/css/xterm.css';

interface Props {
  lab: string;
  terminal: TerminalState;
  isFront: boolean;
  actions: Pick<TerminalsView, 'register' | 'stepTab' | 'openAnother'>;
}

export function TerminalView({ lab, terminal, isFront, actions }: Props) {
  const element = useRef<HTMLDivElement>(null);
  const link = useRef<TerminalLink>(undefined);
  const settings = useSettings();
  const look = useRef(settings);
  look.current = settings;
  const latestActions = useRef(actions);
  latestActions.current = actions;
  const [view, setView] = useState<LinkView>();
  const [held, setHeld] = useState<HeldPaste>();
  /** Counts how often the search was asked for; undefined while it is closed. */
  const [search, setSearch] = useState<number>();

  useEffect(() => {
    const created = createTerminalLink({
      address: `/api/labs/${encodeURIComponent(lab)}/terminals/${terminal.id}`,
      element: element.current!,
      label: terminal.title,
      look: terminalLook(look.current),
      keys: {
        search: () => setSearch((before = 0) => before + 1),
        stepTab: (step) => latestActions.current.stepTab(step),
        openAnother: () => latestActions.current.openAnother(),
      },
      onView: setView,
      onHeldPaste: setHeld,
    });
    link.current = created;
    const unregister = latestActions.current.register(terminal.id, created);
    const watcher = new ResizeObserver(() => created.fit());
    watcher.observe(element.current!);
    return () => {
      watcher.disconnect();
      unregister();
      created.dispose();
    };
  }, [lab, terminal.id, terminal.title]);

  useEffect(() => link.current?.setLook(terminalLook(settings)), [settings]);

  return (
    <div
      className="terminal-panel"
      id={`panel-${terminal.id}`}
      role="tabpanel"
      aria-label={terminal.title}
      hidden={!isFront}
    >
      {view !== undefined && link.current !== undefined && (
        <>
          <TerminalNotes view={view} link={link.current} held={held} onHeldDone={() => setHeld(undefined)} />
          {search !== undefined && (
            <TerminalSearch
              link={link.current}
              found={view.found}
              asked={search}
              onClose={() => setSearch(undefined)}
            />
          )}
        </>
      )}
      <div className="terminal-screen" ref={element} />
    </div>
  );
}
