// The strip at the top: where you are, whether the page is live, how it looks.
import { useState } from 'react';
import { HelpDialog } from '../keyboard/help-dialog.tsx';
import { useShortcuts } from '../keyboard/use-shortcuts.ts';
import { changeSettings, isDark, textSizes, useSettings } from '../settings.ts';
import { useConsole } from '../state/console-store.ts';
import { ConnectionNote } from './connection-note.tsx';
import { Link } from './link.tsx';
import { Logo } from './mark.tsx';

export function TopBar({ children }: { children?: React.ReactNode }) {
  return (
    <header className="top-bar">
      <Link className="brand" to="/">
        <Logo />
        <span>Patchbay</span>
      </Link>
      <div className="top-bar-middle">{children}</div>
      <Learner />
      <ConnectionNote />
      <Looks />
      <Help />
    </header>
  );
}

/** Whose labs these are; the one who started the appliance needs no telling. */
function Learner() {
  const { learner } = useConsole();
  if (learner === undefined || learner === 'local') return null;
  return (
    <span className="learner" title="Signed in as">
      <span className="visually-hidden">Signed in as </span>
      {learner}
    </span>
  );
}

function Looks() {
  const { textSize } = useSettings();
  const at = textSizes.indexOf(textSize);
  const dark = isDark();
  const resize = (to: number | undefined) => to !== undefined && changeSettings({ textSize: to });
  return (
    <div className="looks" role="group" aria-label="Appearance">
      <button
        className="quiet"
        aria-label="Smaller text"
        disabled={at <= 0}
        onClick={() => resize(textSizes[at - 1])}
      >
        <small>A</small>
      </button>
      <button
        className="quiet"
        aria-label="Larger text"
        disabled={at >= textSizes.length - 1}
        onClick={() => resize(textSizes[at + 1])}
      >
        <big>A</big>
      </button>
      <button
        className="quiet"
        aria-label={dark ? 'Light theme' : 'Dark theme'}
        onClick={() => changeSettings({ theme: dark ? 'light' : 'dark' })}
      >
        <svg className="icon" viewBox="0 0 20 20" aria-hidden="true">
          <circle cx="10" cy="10" r="7.5" />
          <path d="M10 2.5a7.5 7.5 0 0 1 0 15z" fill="currentColor" />
        </svg>
      </button>
    </div>
  );
}

function Help() {
  const [isOpen, setIsOpen] = useState(false);
  useShortcuts({ '?': () => setIsOpen(true) });
  return (
    <>
      <button
        className="quiet"
        aria-label="Keyboard help"
        title="Keyboard help (?)"
        onClick={() => setIsOpen(true)}
      >
        ?
      </button>
      {isOpen && <HelpDialog onClose={() => setIsOpen(false)} />}
    </>
  );
}
