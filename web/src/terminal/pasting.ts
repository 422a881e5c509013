// What is pasted, however it comes: several lines are asked about first where the program would run each as it arrives.
import type { Terminal } from '@xterm/xterm';

export interface HeldPaste {
  lineCount: number;
  paste(): void;
}

/** Lines that a paste would enter. */
export const lineCountOf = (text: string) =>
  text.replace(/\r\n?/g, '\n').replace(/\n$/, '').split('\n').length;

/** @param ask told of a paste that waits for a yes */
export function watchPastes(terminal: Terminal, element: HTMLElement, ask: (held: HeldPaste) => void): void {
  const take = (text: string) => {
    if (text === '') return;
    const lineCount = lineCountOf(text);
    // A program that asked for it gets a paste in brackets and enters nothing by itself.
    if (lineCount === 1 || terminal.modes.bracketedPasteMode) return terminal.paste(text);
    ask({ lineCount, paste: () => terminal.paste(text) });
  };
  const own = (event: Event) => {
    event.preventDefault();
    event.stopPropagation();
  };
  element.addEventListener(
    'paste',
    (event) => {
      own(event);
      take(event.clipboardData?.getData('text/plain') ?? '');
    },
    { capture: true },
  );
  // Where the desktop has no selection of its own to paste; a program that listens to the mouse gets the button.
  const isOurs = (event: MouseEvent) =>
    event.button === 1 && terminal.hasSelection() && terminal.modes.mouseTrackingMode === 'none';
  for (const kind of ['mousedown', 'mouseup', 'auxclick'] as const)
    element.addEventListener(
      kind,
      (event) => {
        if (!isOurs(event)) return;
        own(event);
        if (kind === 'auxclick') take(terminal.getSelection());
      },
      { capture: true },
    );
}
