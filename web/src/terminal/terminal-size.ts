// A terminal's size on this screen: its owner's follows the element, a watcher's letters follow the owner's size.
import type { FitAddon } from '@xterm/addon-fit';
import type { Terminal } from '@xterm/xterm';

const smallestLetters = 4;

export interface Cells {
  columns: number;
  rows: number;
}

/** The cells that fit with letters of full size; undefined while the element is not shown. */
export function fittingCells({ terminal, fitting, element, fontSize }: SizeParts): Cells | undefined {
  if (element.offsetParent === null) return undefined;
  terminal.options.fontSize = fontSize;
  const dimensions = fitting.proposeDimensions();
  if (dimensions === undefined || Number.isNaN(dimensions.cols)) return undefined;
  return { columns: dimensions.cols, rows: dimensions.rows };
}

export interface SizeParts {
  terminal: Terminal;
  fitting: FitAddon;
  element: HTMLElement;
  /** Of the page's settings. */
  fontSize: number;
}

/** Takes the owner's size, with letters small enough to show all of it. */
export function showScaled(parts: SizeParts, size: Cells): void {
  const { terminal, fitting, fontSize } = parts;
  terminal.resize(size.columns, size.rows);
  const fits = fittingCells(parts);
  if (fits === undefined) return;
  let letters = scaledLetters(fontSize, fits, size);
  terminal.options.fontSize = letters;
  // Cells are whole pixels: the estimate may be a little too large.
  for (let tries = 0; tries < 4 && letters > smallestLetters; tries++) {
    const now = fitting.proposeDimensions();
    if (now === undefined || (now.cols >= size.columns && now.rows >= size.rows)) return;
    letters = Math.max(smallestLetters, letters - 0.5);
    terminal.options.fontSize = letters;
  }
}

/** Size of letters at which `size` takes no more room than `fits` does at full size. */
export function scaledLetters(fontSize: number, fits: Cells, size: Cells): number {
  const scale = Math.min(1, fits.columns / size.columns, fits.rows / size.rows);
  return Math.max(smallestLetters, Math.floor(fontSize * scale * 2) / 2);
}
