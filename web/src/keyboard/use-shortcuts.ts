// Single keys that do something while no text field, terminal or dialog has the focus. They can be switched off in the
// keyboard help, for those whose speech input or trembling hand would press them by chance.
import { useEffect, useRef } from 'react';
import { useSettings } from '../settings.ts';

export type Shortcuts = Record<string, () => void>;

export function useShortcuts(shortcuts: Shortcuts): void {
  const { hasShortcuts } = useSettings();
  const latest = useRef(shortcuts);
  latest.current = shortcuts;
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
      if (!hasShortcuts && event.key !== '?') return;
      if (isTakingText(event.target) || document.querySelector('dialog[open]') !== null) return;
      const action = Object.hasOwn(latest.current, event.key) ? latest.current[event.key] : undefined;
      if (action === undefined) return;
      event.preventDefault();
      action();
    };
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  }, [hasShortcuts]);
}

const isTakingText = (target: EventTarget | null) =>
  target instanceof HTMLElement && target.closest('input, textarea, select, [contenteditable]') !== null;
