// A figure of the bench: what was measured beside what it may be at most.

export interface Figure {
  what: string;
  /** Every measurement, in `unit`. */
  samples: number[];
  unit: 's' | 'ms' | 'MB' | 'MiB' | '% of a core' | '/s' | 'x';
  /** Not to be passed by the median. */
  atMost?: number;
  /** To be reached by the median. */
  atLeast?: number;
  /** What the real Neutron takes on the same machine, in words. */
  peer?: string;
}

export function median(samples: readonly number[]): number {
  const sorted = [...samples].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** The sample that `percent` per cent of all do not pass (nearest rank). */
export function percentile(samples: readonly number[], percent: number): number {
  const sorted = [...samples].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil((percent / 100) * sorted.length) - 1)]!;
}

const rounded = (value: number) =>
  value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2);

/** Whether the median is within what it may be; undefined where nothing is asked of it. */
function holds({ samples, atMost, atLeast }: Figure): boolean | undefined {
  if (atMost === undefined && atLeast === undefined) return undefined;
  const middle = median(samples);
  return middle <= (atMost ?? Infinity) && middle >= (atLeast ?? -Infinity);
}

const limitOf = ({ atMost, atLeast, unit }: Figure): string =>
  atMost !== undefined ? `${atMost} ${unit}` : atLeast !== undefined ? `at least ${atLeast} ${unit}` : '';

/** The figures as a Markdown table: median, range, limit, whether the limit holds, and the peer where it was measured. */
export function formatFigures(figures: readonly Figure[]): string {
  const hasPeer = figures.some(({ peer }) => peer !== undefined);
  const row = (cells: string[]) => `| ${cells.join(' | ')} |`;
  const rows = figures.map((figure) => {
    const { what, samples, unit, peer } = figure;
    const verdict = holds(figure);
    const range =
      samples.length > 1 ? `${rounded(Math.min(...samples))}..${rounded(Math.max(...samples))}` : '';
    const cells = [
      what,
      `${rounded(median(samples))} ${unit}`,
      range,
      limitOf(figure),
      verdict === undefined ? '' : verdict ? 'yes' : 'NO',
    ];
    return row(hasPeer ? [...cells, peer ?? ''] : cells);
  });
  const heads = ['what', 'median', 'range', 'at most', 'holds', ...(hasPeer ? ['real Neutron'] : [])];
  return [row(heads), `|${'---|'.repeat(heads.length)}`, ...rows].join('\n');
}

/** The figures in the form asked for. */
export const reportFigures = (figures: readonly Figure[], format: string): string =>
  format === 'json'
    ? JSON.stringify(
        figures.map((figure) => ({
          ...figure,
          median: median(figure.samples),
          holds: holds(figure),
        })),
        null,
        2,
      )
    : formatFigures(figures);
