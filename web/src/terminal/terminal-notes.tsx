// What has to be said about a terminal, above it: a lost connection, lost output, somebody else's size, a paste that waits.
import { useEffect, useRef } from 'react';
import { useSecondsUntil } from '../parts/clock.ts';
import type { HeldPaste } from './pasting.ts';
import type { LinkView, TerminalLink } from './terminal-link.ts';

interface Props {
  view: LinkView;
  link: TerminalLink;
  held: HeldPaste | undefined;
  onHeldDone: () => void;
}

export function TerminalNotes({ view, link, held, onHeldDone }: Props) {
  const { connection, isOwner, size, lost, ended } = view;
  const retryAt = connection.state === 'waiting' ? connection.retryAt : undefined;
  const seconds = useSecondsUntil(retryAt);
  if (ended !== undefined) return <p className="terminal-note">This terminal has ended: {ended}</p>;
  return (
    <>
      {retryAt !== undefined && (
        <p className="terminal-note" role="status">
          Connection lost. The shell goes on; next try in {seconds} s.
          <button onClick={() => link.retry()}>Reconnect</button>
        </p>
      )}
      {lost > 0 && (
        <p className="terminal-note" role="status">
          {bytesText(lost)} of output before this were not shown here: they came faster than this window, or
          while it was away, and are kept no longer.
          <button onClick={() => link.forgetLost()}>Dismiss</button>
        </p>
      )}
      {connection.state === 'open' && !isOwner && (
        <p className="terminal-note" role="status">
          Watching, {size.columns}×{size.rows}: another window sets the size of this terminal.
          <button onClick={() => link.ownSize()}>Take over</button>
        </p>
      )}
      {held !== undefined && <PasteQuestion held={held} link={link} onDone={onHeldDone} />}
    </>
  );
}

function PasteQuestion({ held, link, onDone }: { held: HeldPaste; link: TerminalLink; onDone: () => void }) {
  const yes = useRef<HTMLButtonElement>(null);
  useEffect(() => yes.current?.focus(), [held]);
  const done = () => {
    onDone();
    link.focus();
  };
  const paste = () => {
    held.paste();
    done();
  };
  return (
    <div
      className="terminal-note"
      role="alertdialog"
      aria-label="Paste several lines"
      onKeyDown={({ key }) => key === 'Escape' && done()}
    >
      Paste {held.lineCount} lines? The program here takes each as it comes, as if Enter was pressed.
      <span className="terminal-note-buttons">
        <button ref={yes} onClick={paste}>
          Paste
        </button>
        <button onClick={done}>Cancel</button>
      </span>
    </div>
  );
}

const bytesText = (bytes: number) => (bytes < 1024 ? `${bytes} bytes` : `${Math.round(bytes / 1024)} KiB`);
