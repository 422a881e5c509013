// One terminal as a tab's content. It stays drawn while another tab is in front, so that nothing is lost.
import { useEffect, useRef, useState } from 'react';
import type { TerminalState } from '../../../server/appliance/http/types.ts';
import { useSecondsUntil } from '../parts/clock.ts';
import { useSettings } from '../settings.ts';
import { createTerminalLink, type LinkView, type TerminalLink } from './terminal-link.ts';
import { terminalLook } from './terminal-look.ts';
import type { TerminalsView } from './use-terminals.ts';
import '@xterm/xterm/css/xterm.css';

interface Props {
  lab: string;
  terminal: TerminalState;
  isFront: boolean;
  register: TerminalsView['register'];
}

export function TerminalView({ lab, terminal, isFront, register }: Props) {
  const element = useRef<HTMLDivElement>(null);
  const link = useRef<TerminalLink>(undefined);
  const settings = useSettings();
  const look = useRef(settings);
  look.current = settings;
  const [view, setView] = useState<LinkView>();

  useEffect(() => {
    const created = createTerminalLink({
      address: `/api/labs/${encodeURIComponent(lab)}/terminals/${terminal.id}`,
      element: element.current!,
      label: terminal.title,
      look: terminalLook(look.current),
      onView: setView,
    });
    link.current = created;
    const unregister = register(terminal.id, created);
    const watcher = new ResizeObserver(() => created.fit());
    watcher.observe(element.current!);
    return () => {
      watcher.disconnect();
      unregister();
      created.dispose();
    };
  }, [lab, terminal.id, terminal.title, register]);

  useEffect(() => link.current?.setLook(terminalLook(settings)), [settings]);
  useEffect(() => {
    if (!isFront) return;
    link.current?.fit();
  }, [isFront]);

  return (
    <div
      className="terminal-panel"
      id={`panel-${terminal.id}`}
      role="tabpanel"
      aria-label={terminal.title}
      hidden={!isFront}
    >
      <TerminalNote view={view} link={link.current} />
      <div className="terminal-screen" ref={element} />
    </div>
  );
}

function TerminalNote({ view, link }: { view: LinkView | undefined; link: TerminalLink | undefined }) {
  const retryAt = view?.connection.state === 'waiting' ? view.connection.retryAt : undefined;
  const seconds = useSecondsUntil(retryAt);
  if (view === undefined) return null;
  if (view.ended !== undefined) return <p className="terminal-note">This terminal has ended: {view.ended}</p>;
  if (retryAt !== undefined)
    return (
      <p className="terminal-note" role="status">
        Connection lost. The shell goes on; next try in {seconds} s.
        <button onClick={() => link?.retry()}>Reconnect</button>
      </p>
    );
  if (view.connection.state === 'open' && !view.isOwner)
    return (
      <p className="terminal-note">
        Another window sets the size of this terminal.
        <button onClick={() => link?.ownSize()}>Take it over</button>
      </p>
    );
  return null;
}
