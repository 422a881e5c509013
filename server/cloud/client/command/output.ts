// What a command found, written as a table, json, csv, shell variables or plain values.
import { renderTable, type Align } from './table.ts';

/** Many things, one row each. A cell is what the API gave; `show` functions may have made text of it before. */
export interface ListOutput {
  kind: 'list';
  columns: readonly string[];
  rows: readonly Record<string, unknown>[];
}

/** One thing, its fields in the order to show. */
export interface ShowOutput {
  kind: 'show';
  fields: readonly (readonly [name: string, value: unknown])[];
  /** A line above the table: `Created a new router:`. Left out of other formats. */
  title?: string;
}

export interface TextOutput {
  kind: 'text';
  text: string;
}

export type Output = ListOutput | ShowOutput | TextOutput;
export type Format = 'table' | 'json' | 'value' | 'csv' | 'shell';

/** How one family of commands draws its tables. */
export interface Style {
  /** Headers of a table about one thing. */
  showHeaders: readonly [string, string];
  align: Align;
  /** Numbers stand at the right, as cliff has them. */
  numbersRight?: boolean;
}

export const neutronStyle: Style = { showHeaders: ['Field', 'Value'], align: 'left', numbersRight: true };
export const keystoneStyle: Style = { showHeaders: ['Property', 'Value'], align: 'centre' };
export const novaStyle: Style = { showHeaders: ['Property', 'Value'], align: 'left' };

/** JSON with a blank after commas and colons, as Python writes it. */
export function pythonJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(pythonJson).join(', ')}]`;
  if (typeof value === 'object' && value !== null)
    return `{${Object.entries(value)
      .map(([key, item]) => `${pythonJson(key)}: ${pythonJson(item)}`)
      .join(', ')}}`;
  return JSON.stringify(value) ?? 'null';
}

/** A value as text for a cell: lists a line per item, objects as JSON, True and False, nothing for null. */
export function cellText(value: unknown): string {
  if (value === null || value === undefined) return '';
  if (value === true) return 'True';
  if (value === false) return 'False';
  if (Array.isArray(value))
    return value.map((item) => (isObject(item) ? pythonJson(item) : cellText(item))).join('\n');
  return isObject(value) ? pythonJson(value) : String(value);
}

const isObject = (value: unknown) => typeof value === 'object' && value !== null;

/** The text of an output, ending with a line end; `chosen` columns narrow it and must exist. */
export function render(output: Output, format: Format, chosen: readonly string[], style: Style): string {
  if (output.kind === 'text') return output.text === '' ? '' : `${output.text}\n`;
  if (output.kind === 'show') return renderShow(output, format, chosen, style);
  return renderList(output, format, chosen, style);
}

function renderShow(
  { fields, title }: ShowOutput,
  format: Format,
  chosen: readonly string[],
  style: Style,
): string {
  const kept = chosen.length === 0 ? fields : fields.filter(([name]) => chosen.includes(name));
  if (chosen.length > 0 && kept.length === 0) throw unknownColumns(chosen);
  switch (format) {
    case 'json':
      return `${pythonJson(Object.fromEntries(kept))}\n`;
    case 'value':
      return kept.map(([, value]) => `${cellText(value)}\n`).join('');
    case 'shell':
      return kept
        .map(
          ([name, value]) =>
            `${name.replace(/\W/g, '_')}="${cellText(value).replace(/(["$`\\])/g, '\\$1')}"\n`,
        )
        .join('');
    case 'csv':
      return csv(style.showHeaders, kept);
    case 'table': {
      const rows = kept.map(([name, value]) => [name, cellText(value)]);
      const table = renderTable(style.showHeaders, rows, [style.align, style.align]);
      return `${title === undefined ? '' : `${title}\n`}${table}\n`;
    }
  }
}

function renderList(
  { columns, rows }: ListOutput,
  format: Format,
  chosen: readonly string[],
  style: Style,
): string {
  const known = new Set([...columns, ...Object.keys(rows[0] ?? {})]);
  const shown = chosen.length === 0 ? columns : chosen.filter((name) => known.has(name));
  if (chosen.length > 0 && rows.length > 0 && shown.length === 0) throw unknownColumns(chosen);
  const cells = rows.map((row) => shown.map((name) => row[name]));
  switch (format) {
    case 'json':
      return `${pythonJson(rows.map((row) => Object.fromEntries(shown.map((name) => [name, row[name] ?? null]))))}\n`;
    case 'value':
    case 'shell':
      return cells.map((row) => `${row.map(cellText).join(' ')}\n`).join('');
    case 'csv':
      return csv(shown, cells);
    case 'table': {
      if (shown.length === 0) return '\n';
      const aligns = shown.map((_, index) =>
        style.numbersRight && typeof cells[0]?.[index] === 'number' ? 'right' : style.align,
      );
      return `${renderTable(
        shown,
        cells.map((row) => row.map(cellText)),
        aligns,
      )}\n`;
    }
  }
}

const unknownColumns = (chosen: readonly string[]) =>
  new Error(`No recognized column names in [${chosen.map((name) => `'${name}'`).join(', ')}].`);

function csv(headers: readonly string[], rows: readonly (readonly unknown[])[]): string {
  const quote = (value: unknown) =>
    typeof value === 'number' ? String(value) : `"${cellText(value).replaceAll('"', '""')}"`;
  return [headers, ...rows].map((row) => `${row.map(quote).join(',')}\n`).join('');
}
