// A button that opens a menu: arrow keys, Home and End go through it, Escape and a click elsewhere close it.
import { useEffect, useRef, useState, type KeyboardEvent, type RefObject } from 'react';

export interface Menu {
  isOpen: boolean;
  /** Goes on the element around the button and the menu. */
  frame: RefObject<HTMLDivElement | null>;
  onKeyDown(event: KeyboardEvent): void;
  toggle(): void;
  /** The focus stays where it is; `focusButton` gives it back to the button. */
  close(options?: { focusButton: boolean }): void;
}

export function useMenu(): Menu {
  const [isOpen, setIsOpen] = useState(false);
  const frame = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (!isOpen) return;
    frame.current?.querySelector<HTMLElement>('[role=menuitem]')?.focus();
    const onAway = (event: PointerEvent) =>
      !frame.current?.contains(event.target as Node) && setIsOpen(false);
    document.addEventListener('pointerdown', onAway);
    return () => document.removeEventListener('pointerdown', onAway);
  }, [isOpen]);
  const close: Menu['close'] = ({ focusButton } = { focusButton: false }) => {
    setIsOpen(false);
    if (focusButton) frame.current?.querySelector('button')?.focus();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (!isOpen) return;
    const items = [...(frame.current?.querySelectorAll<HTMLElement>('[role=menuitem]') ?? [])];
    const at = items.indexOf(document.activeElement as HTMLElement);
    const steps: Record<string, number> = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: -1 };
    if (event.key === 'Escape') close({ focusButton: true });
    if (event.key === 'Tab') close();
    const to = steps[event.key];
    if (to === undefined) return;
    event.preventDefault();
    items.at(to % items.length)?.focus();
  };
  return { isOpen, frame, onKeyDown, toggle: () => setIsOpen(!isOpen), close };
}
