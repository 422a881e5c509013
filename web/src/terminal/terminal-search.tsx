// The search bar of one terminal: what is looked for, how often it is there, next and previous.
import { useEffect, useRef, useState } from 'react';
import { countText, type Found } from './search-count.ts';
import type { TerminalLink } from './terminal-link.ts';

interface Props {
  link: TerminalLink;
  found: Found;
  /** Counts up whenever the keyboard asks for the search, also while it is open. */
  asked: number;
  onClose: () => void;
}

export function TerminalSearch({ link, found, asked, onClose }: Props) {
  const [term, setTerm] = useState('');
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => field.current?.select(), [asked]);
  const close = () => {
    link.endSearch();
    onClose();
    link.focus();
  };
  const onKey = (event: React.KeyboardEvent) => {
    if (event.key === 'Enter') link.search(term, event.shiftKey ? 'previous' : 'next');
    else if (event.key === 'Escape') close();
    else return;
    event.preventDefault();
  };
  return (
    <div className="terminal-search" role="search" onKeyDown={onKey}>
      <input
        ref={field}
        type="search"
        aria-label="Search the output"
        placeholder="Search the output"
        value={term}
        onChange={({ target }) => {
          setTerm(target.value);
          link.search(target.value, 'as-typed');
        }}
      />
      <span className="terminal-search-count" role="status">
        {countText(term, found)}
      </span>
      <button className="quiet" title="Shift+Enter" onClick={() => link.search(term, 'previous')}>
        Previous
      </button>
      <button className="quiet" title="Enter" onClick={() => link.search(term, 'next')}>
        Next
      </button>
      <button className="quiet" title="Escape" onClick={close}>
        Close search
      </button>
    </div>
  );
}
