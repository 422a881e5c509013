// A figure of the bench: what was measured beside what it may be at most.

export interface Figure {
  what: string;
  /** Every measurement, in `unit`. */
  samples: number[];
  unit: 's' | 'ms' | 'MB' | '% of a core';
  /** Not to be passed by the median. */
  atMost: number;
}

export function median(samples: readonly number[]): number {
  const sorted = [...samples].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

const rounded = (value: number) =>
  value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2);

/** The figures as a Markdown table: median, range, limit, and whether the limit holds. */
export function formatFigures(figures: readonly Figure[]): string {
  const rows = figures.map(({ what, samples, unit, atMost }) => {
    const middle = median(samples);
    const range =
      samples.length > 1 ? `${rounded(Math.min(...samples))}..${rounded(Math.max(...samples))}` : '';
    return `| ${what} | ${rounded(middle)} ${unit} | ${range} | ${atMost} ${unit} | ${middle <= atMost ? 'yes' : 'NO'} |`;
  });
  return ['| what | median | range | at most | holds |', '|---|---|---|---|---|', ...rows].join('\n');
}
