// Copy and paste as terminals on a desktop do it.
import type { Terminal } from '@xterm/xterm';

/** Ctrl+Shift+C copies, Ctrl+C too where something is selected; Ctrl+Shift+V is left to the browser, which pastes. */
export function clipboardKeys(terminal: Terminal): (event: KeyboardEvent) => boolean {
  return (event) => {
    if (event.type !== 'keydown') return true;
    const isControl = event.ctrlKey && !event.altKey && !event.metaKey;
    if (isControl && event.code === 'KeyC' && (event.shiftKey || terminal.hasSelection())) {
      if (terminal.hasSelection()) void navigator.clipboard.writeText(terminal.getSelection());
      if (!event.shiftKey) terminal.clearSelection();
      event.preventDefault();
      return false;
    }
    if (isControl && event.shiftKey && event.code === 'KeyV') return false;
    return event.key !== 'F6';
  };
}
