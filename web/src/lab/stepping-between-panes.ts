// F6 goes from pane to pane, also out of a terminal, where Tab belongs to the shell.
import { useEffect } from 'react';

export function useSteppingBetweenPanes(): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.key !== 'F6') return;
      event.preventDefault();
      event.stopPropagation();
      const panes = [...document.querySelectorAll<HTMLElement>('[data-pane]:not([hidden])')];
      const at = panes.findIndex((pane) => pane.contains(document.activeElement));
      const step = event.shiftKey ? -1 : 1;
      const next = panes[(at + step + panes.length) % panes.length];
      const inside = next?.querySelector<HTMLElement>('[data-pane-start]:not([hidden] *)');
      (inside ?? next)?.focus();
    };
    document.addEventListener('keydown', onKey, { capture: true });
    return () => document.removeEventListener('keydown', onKey, { capture: true });
  }, []);
}
