// Tables with a border of `+`, `-` and `|`, as PrettyTable draws them.

/** Draws rows of cells below their headings; a cell may have several lines. Numbers of columns must agree. */
export function drawTable(headings: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = rows.map((row) => row.map((cell) => cell.split('\n')));
  const widths = headings.map((heading, index) =>
    Math.max(displayWidth(heading), ...lines.flatMap((row) => (row[index] ?? ['']).map(displayWidth))),
  );
  const border = `+${widths.map((width) => '-'.repeat(width + 2)).join('+')}+`;
  const drawn = lines.flatMap((row) => {
    const height = Math.max(...row.map((cell) => cell.length));
    return Array.from({ length: height }, (_, line) =>
      drawLine(
        row.map((cell) => cell[line] ?? ''),
        widths,
      ),
    );
  });
  return [border, drawLine(headings, widths), border, ...drawn, border].join('\n');
}

const drawLine = (cells: readonly string[], widths: readonly number[]) =>
  `|${cells.map((cell, index) => ` ${cell}${' '.repeat((widths[index] ?? 0) - displayWidth(cell))} `).join('|')}|`;

/** Characters, not UTF-16 units. */
const displayWidth = (text: string) => [...text].length;
