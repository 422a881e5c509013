// What a command found, printed in the format that was asked for with -f, -c and -F.
import { drawTable } from './table.ts';
import { textOf } from './text-of.ts';

export const formats = ['table', 'json', 'value', 'csv', 'shell', 'yaml'] as const;
export type Format = (typeof formats)[number];

/** One record or many; `order` is how the columns stand, the record's own order otherwise. */
export type Result =
  | { kind: 'message'; text: string }
  | { kind: 'show'; title?: string; record: Record<string, unknown>; headings?: readonly [string, string] }
  | { kind: 'list'; columns: readonly string[]; rows: readonly Record<string, unknown>[] };

export interface Choice {
  format: Format;
  /** Columns asked for with -c or -F; empty: all. Names are compared without case, blanks as underscores. */
  columns: readonly string[];
  /** Put before every name of the format `shell`. */
  prefix: string;
}

/** The text to print; throws a sentence when no column of those asked for is there. */
export function formatResult(result: Result, choice: Choice): string {
  switch (result.kind) {
    case 'message':
      return result.text;
    case 'show': {
      const names = chosen(Object.keys(result.record).sort(), choice.columns);
      const entries = names.map((name) => [name, result.record[name]] as const);
      const text = formatRecord(entries, choice, result.headings ?? ['Field', 'Value']);
      return choice.format === 'table' && result.title !== undefined ? `${result.title}\n${text}` : text;
    }
    case 'list':
      return formatRows(chosen(result.columns, choice.columns), result.rows, choice);
  }
}

function chosen(columns: readonly string[], wanted: readonly string[]): string[] {
  if (wanted.length === 0) return [...columns];
  const plain = (name: string) => name.toLowerCase().replaceAll(' ', '_');
  const found = columns.filter((column) => wanted.some((name) => plain(name) === plain(column)));
  if (found.length === 0 && columns.length > 0)
    throw new Error(
      `No recognized column names in ${wanted.join(', ')}. Recognized columns are: ${columns.join(', ')}.`,
    );
  return found;
}

function formatRecord(
  entries: (readonly [string, unknown])[],
  { format, prefix }: Choice,
  headings: readonly [string, string],
): string {
  switch (format) {
    case 'table':
      return drawTable(
        headings,
        entries.map(([name, value]) => [name, textOf(value)]),
      );
    case 'json':
      return JSON.stringify(Object.fromEntries(entries), null, 2);
    case 'value':
      return entries.map(([, value]) => textOf(value)).join('\n');
    case 'csv':
      return csv([headings, ...entries.map(([name, value]) => [name, textOf(value)])]);
    case 'shell':
      return entries
        .map(
          ([name, value]) =>
            `${prefix}${name.replace(/\W/g, '_')}="${textOf(value).replace(/(["\\$`])/g, '\\$1')}"`,
        )
        .join('\n');
    case 'yaml':
      return entries.map(([name, value]) => `${name}: ${JSON.stringify(value)}`).join('\n');
  }
}

function formatRows(columns: string[], rows: readonly Record<string, unknown>[], { format }: Choice): string {
  const cells = rows.map((row) => columns.map((column) => textOf(row[column])));
  switch (format) {
    case 'table':
      return cells.length === 0 && columns.length === 0 ? '' : drawTable(columns, cells);
    case 'json':
      return JSON.stringify(
        rows.map((row) => Object.fromEntries(columns.map((column) => [column, row[column] ?? null]))),
        null,
        2,
      );
    case 'value':
      return cells.map((row) => row.join(' ')).join('\n');
    case 'csv':
      return csv([columns, ...cells]);
    case 'yaml':
      return rows
        .map((row) =>
          columns
            .map(
              (column, index) =>
                `${index === 0 ? '- ' : '  '}${column}: ${JSON.stringify(row[column] ?? null)}`,
            )
            .join('\n'),
        )
        .join('\n');
    case 'shell':
      throw new Error("Format 'shell' shows one object. Choose table, json, value, csv or yaml.");
  }
}

const csv = (rows: readonly (readonly string[])[]) =>
  rows.map((row) => row.map((cell) => `"${cell.replaceAll('"', '""')}"`).join(',')).join('\n');
