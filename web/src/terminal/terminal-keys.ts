// Keys that a terminal keeps from its program. Everything else is the program's, Tab, Escape and Ctrl+F among it.
import type { Terminal } from '@xterm/xterm';

export interface KeyActions {
  search(): void;
  /** The tab before (-1) or after (1). */
  stepTab(step: number): void;
  /** One more terminal at the same place. */
  openAnother(): void;
}

/** What the keys do, to be shown: ways to press them, each the keys that are held together. */
export const terminalKeys: { keys: string[][]; does: string }[] = [
  { keys: [['F6'], ['Shift', 'F6']], does: 'leave the terminal: next pane, pane before' },
  { keys: [['Ctrl', 'Shift', 'F']], does: 'search the output' },
  { keys: [['Ctrl', 'Shift', 'C']], does: 'copy; Ctrl+C too where something is selected' },
  { keys: [['Ctrl', 'Shift', 'V']], does: 'paste; the middle button pastes what is selected' },
  {
    keys: [
      ['Ctrl', 'Shift', '←'],
      ['Ctrl', 'Shift', '→'],
    ],
    does: 'tab before, next tab',
  },
  { keys: [['Ctrl', 'Shift', 'Enter']], does: 'one more terminal at this place' },
];

/** For xterm: false keeps a key from the program. */
export function terminalKeyHandler(
  terminal: Terminal,
  actions: KeyActions,
): (event: KeyboardEvent) => boolean {
  const held: Record<string, () => void> = {
    KeyF: actions.search,
    ArrowLeft: () => actions.stepTab(-1),
    ArrowRight: () => actions.stepTab(1),
    Enter: actions.openAnother,
  };
  return (event) => {
    if (event.type !== 'keydown') return true;
    const isControl = event.ctrlKey && !event.altKey && !event.metaKey;
    if (isControl && event.code === 'KeyC' && (event.shiftKey || terminal.hasSelection())) {
      if (terminal.hasSelection()) void navigator.clipboard.writeText(terminal.getSelection());
      if (!event.shiftKey) terminal.clearSelection();
      event.preventDefault();
      return false;
    }
    // the browser pastes
    if (isControl && event.shiftKey && event.code === 'KeyV') return false;
    const action = isControl && event.shiftKey ? held[event.code] : undefined;
    if (action !== undefined) {
      event.preventDefault();
      action();
      return false;
    }
    return event.key !== 'F6';
  };
}
