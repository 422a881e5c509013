// Tables as Python's prettytable draws them, cell by cell with several lines.

export type Align = 'left' | 'right' | 'centre';

/** Columns a terminal needs for `text`: East Asian wide characters take two. */
function widthOf(text: string): number {
  let width = 0;
  for (const character of text) {
    const code = character.codePointAt(0)!;
    width += isWide(code) ? 2 : 1;
  }
  return width;
}

const isWide = (code: number) =>
  (code >= 0x1100 && code <= 0x115f) ||
  (code >= 0x2e80 && code <= 0xa4cf) ||
  (code >= 0xac00 && code <= 0xd7a3) ||
  (code >= 0xf900 && code <= 0xfaff) ||
  (code >= 0xfe30 && code <= 0xfe6f) ||
  (code >= 0xff00 && code <= 0xff60) ||
  (code >= 0x1f300 && code <= 0x1faff);

function justify(text: string, width: number, align: Align): string {
  const own = widthOf(text);
  const excess = width - own;
  if (align === 'left') return text + ' '.repeat(excess);
  if (align === 'right') return ' '.repeat(excess) + text;
  // an odd rest goes where Python's str.center puts it
  const left = Math.floor(excess / 2) + (excess % 2 === 1 && own % 2 === 0 ? 1 : 0);
  return ' '.repeat(left) + text + ' '.repeat(excess - left);
}

/** A table with a header; `aligns` per column (default left) hold for header and cells. No line end after it. */
export function renderTable(
  columns: readonly string[],
  rows: readonly (readonly string[])[],
  aligns: readonly Align[] = [],
): string {
  const split = rows.map((row) => row.map((cell) => cell.split('\n')));
  const widths = columns.map((column, index) =>
    split.reduce((widest, row) => Math.max(widest, ...(row[index] ?? ['']).map(widthOf)), widthOf(column)),
  );
  const rule = `+${widths.map((width) => '-'.repeat(width + 2)).join('+')}+`;
  const line = (cells: readonly string[]) =>
    `|${cells.map((cell, index) => ` ${justify(cell, widths[index]!, aligns[index] ?? 'left')} `).join('|')}|`;
  const body = split.flatMap((row) => {
    const height = Math.max(...row.map((cell) => cell.length));
    return Array.from({ length: height }, (_, index) => line(row.map((cell) => cell[index] ?? '')));
  });
  return [rule, line(columns), rule, ...body, rule].join('\n');
}
