// The first stops of the Tab key: straight to what the page is for.

export interface SkipTarget {
  text: string;
  /** Id of what gets the focus. */
  id: string;
  /** Makes it visible first. */
  onGo?: () => void;
}

export function SkipLinks({ targets }: { targets: SkipTarget[] }) {
  return (
    <nav className="skip-links" aria-label="Skip to">
      {targets.map(({ text, id, onGo }) => (
        <a
          key={id}
          href={`#${id}`}
          onClick={(event) => {
            event.preventDefault();
            onGo?.();
            requestAnimationFrame(() => document.getElementById(id)?.focus());
          }}
        >
          {text}
        </a>
      ))}
    </nav>
  );
}
