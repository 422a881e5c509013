// Signs of the house: the logo, and a jack that shows a state by shape as well as by colour.
import type { JackState } from './jack-state.ts';

export function Logo() {
  return (
    <svg className="logo" viewBox="0 0 32 24" aria-hidden="true">
      <circle cx="7" cy="7" r="5" />
      <circle cx="25" cy="17" r="5" />
      <path d="M7 7C7 27 25 -3 25 17" />
    </svg>
  );
}

const words: Record<JackState, string> = {
  open: 'not yet',
  busy: 'in progress',
  passed: 'passed',
  failed: 'failed',
  broken: 'lab broken',
  stopped: 'stopped',
  live: 'live',
  shut: 'shut',
  replayed: 'passed by a replay',
};

/** @param label said by a screen reader; empty when the words beside it say the same */
export function Jack({ state, label = words[state] }: { state: JackState; label?: string }) {
  return (
    <svg
      className={`jack jack-${state}`}
      viewBox="0 0 20 20"
      {...(label === '' ? { 'aria-hidden': true } : { role: 'img', 'aria-label': label })}
    >
      {shape(state)}
    </svg>
  );
}

function shape(state: JackState) {
  switch (state) {
    case 'open':
      return <circle className="ring" cx="10" cy="10" r="7" />;
    case 'busy':
      return (
        <>
          <circle className="ring" cx="10" cy="10" r="7" />
          <path className="sweep" d="M10 3a7 7 0 0 1 7 7" />
        </>
      );
    case 'passed':
      return (
        <>
          <circle className="disc" cx="10" cy="10" r="8.5" />
          <path className="glyph" d="M6 10.4l2.8 2.8L14.2 7.4" />
        </>
      );
    case 'failed':
      return (
        <>
          <rect className="disc" x="2" y="2" width="16" height="16" rx="3" />
          <path className="glyph" d="M6.5 6.5l7 7m0-7l-7 7" />
        </>
      );
    case 'broken':
      return (
        <>
          <path className="disc" d="M10 1.5L19 18H1z" />
          <path className="glyph" d="M10 7.5v4.5m0 2.6v.4" />
        </>
      );
    case 'live':
      return (
        <>
          <circle className="ring" cx="10" cy="10" r="7" />
          <circle className="core" cx="10" cy="10" r="3" />
        </>
      );
    case 'shut':
      return (
        <>
          <path className="ring" d="M6.5 9V6.5a3.5 3.5 0 0 1 7 0V9" />
          <rect className="lock" x="3.5" y="9" width="13" height="8.5" rx="1.5" />
        </>
      );
    case 'replayed':
      return (
        <>
          <circle className="ring" cx="10" cy="10" r="7.5" />
          <path className="tick" d="M6 10.4l2.8 2.8L14.2 7.4" />
        </>
      );
    case 'stopped':
      return <path className="ring" d="M4 4h12v12H4z" />;
  }
}
