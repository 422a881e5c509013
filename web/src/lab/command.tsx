// A command in the text: a click types it in its terminal, another copies it.
import { useEffect, useState } from 'react';
import type { PlacedCommand } from '../../../server/appliance/http/types.ts';
import { placeName } from './place-name.ts';

export function Command({
  command,
  onRun,
}: {
  command: PlacedCommand;
  onRun: (command: PlacedCommand) => void;
}) {
  const place = placeName(command.place);
  return (
    <div className="command">
      <button className="command-run" onClick={() => onRun(command)} title={`Run on ${place}`}>
        <span className="command-place">
          <span className="visually-hidden">Run on </span>
          {place}
        </span>
        <code>{words(command.text)}</code>
        <svg className="icon" viewBox="0 0 20 20" aria-hidden="true">
          <path d="M6 4l10 6-10 6z" fill="currentColor" />
        </svg>
      </button>
      <CopyButton text={command.text} />
    </div>
  );
}

/** Options break at blanks, never after one of their own hyphens. */
const words = (text: string) =>
  text.split(/(\s+)/).map((word, index) => (index % 2 === 1 ? word : <span key={index}>{word}</span>));

function CopyButton({ text }: { text: string }) {
  const [said, setSaid] = useState<string>();
  useEffect(() => {
    if (said === undefined) return;
    const timer = window.setTimeout(() => setSaid(undefined), 2000);
    return () => window.clearTimeout(timer);
  }, [said]);
  const copy = () =>
    void navigator.clipboard.writeText(text).then(
      () => setSaid('Copied'),
      () => setSaid('Not allowed by the browser'),
    );
  return (
    <button className="command-copy" aria-label={`Copy ${text}`} title="Copy" onClick={copy}>
      {said === undefined ? (
        <svg className="icon" viewBox="0 0 20 20" aria-hidden="true">
          <path d="M7 7h9v10H7zM13 7V3H4v10h3" />
        </svg>
      ) : (
        <span role="status">{said}</span>
      )}
    </button>
  );
}
