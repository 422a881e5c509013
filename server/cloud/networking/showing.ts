// Rows of a list as one caller is shown them: decided once for all rows where no row decides, and written without a view of each.
import type { Resource } from '../../lib/resource.ts';
import type { RequestContext } from '../model/context.ts';
import { textColumn, type Written } from '../store/json-text.ts';
import type { Rows } from '../store/rows.ts';
import { tablesByName } from './tables.ts';
import { columnsOf, rowCheckOf, type Column } from './view.ts';
import type { Env, Item } from './work.ts';

/** How rows of a resource are shown to one caller. */
export interface Showing {
  /** The columns to be read of the rows. */
  columns: string[];
  /** Those that the database writes: no row decides whether they are seen, and nothing else looks at them. */
  written: Written[];
  /** The rows that he is shown, in their order, with computed fields in them. The rows are the caller's to change. */
  shownOf(rows: Rows, list: Item[]): Promise<Item[]>;
  /** What he sees in an attribute of such a row; undefined where he does not see it. */
  valueOf(shown: Item, name: string): unknown;
  /** Such rows as JSON, all that he may see, with commas between them. */
  textOf(list: readonly Item[]): string;
}

/** How to show rows; `fields` are the attributes asked for, all of them when none is, `compared` what `valueOf` is asked besides. */
export function showingOf(
  env: Env,
  resource: Resource,
  context: RequestContext,
  { fields, compared }: { fields: readonly string[]; compared: readonly string[] },
): Showing {
  const columns = columnsOf(env, resource, context);
  const isSeen = rowCheckOf(env, resource, context);
  const { decorate, decoratesBy } = env.rules[resource.name]!;
  const byName = new Map(columns.flatMap((column) => aliasesOf(column).map((alias) => [alias.name, alias])));
  const asked = fields.length === 0 ? byName.keys() : new Set(fields);
  const stored = Object.keys(tablesByName[resource.name]!.columns);
  const isPlain = decorate === undefined || decoratesBy !== undefined;
  const wanted = [...asked].map((name) => byName.get(name)).filter((alias) => alias !== undefined);
  const [plain, others] = divided(
    wanted,
    ({ attribute, isSeen }) => isPlain && isSeen === undefined && stored.includes(attribute),
  );
  const written = plain.map(({ name, attribute }) => ({ name, column: attribute }));
  const writers = others.map((alias) => ({
    ...alias,
    key: `${JSON.stringify(alias.name)}:`,
    write: writer(),
  }));
  const read = new Set([
    ...['id', ...compared, ...writers.map(({ attribute }) => attribute)],
    ...(decorate === undefined ? [] : (decoratesBy ?? stored)),
    ...[isSeen, ...columns.map((column) => column.isSeen)].flatMap((check) => [...(check?.attributes ?? [])]),
  ]);
  return {
    columns: stored.filter((name) => read.has(name)),
    written,
    async shownOf(rows, list) {
      if (list.length === 0) return [];
      const computed = await decorate?.(rows, list, env, context);
      if (computed !== undefined)
        for (const [index, row] of list.entries()) Object.assign(row, computed[index]);
      return isSeen === undefined ? list : list.filter(isSeen);
    },
    valueOf(shown, name) {
      const alias = byName.get(name);
      return alias === undefined || alias.isSeen?.(shown) === false ? undefined : shown[alias.attribute];
    },
    textOf(list) {
      const pieces: string[] = [];
      for (const shown of list) {
        const began = pieces.length;
        if (written.length > 0) pieces.push('{', shown[textColumn] as string);
        for (const { key, attribute, write, isSeen } of writers) {
          const value = shown[attribute];
          if (value === undefined || isSeen?.(shown) === false) continue;
          pieces.push(pieces.length === began ? '{' : ',', key, write(value));
        }
        pieces.push(pieces.length === began ? '{}' : '}', ',');
      }
      pieces.pop();
      return pieces.join('');
    },
  };
}

function divided<T>(list: readonly T[], isFirst: (item: T) => boolean): [T[], T[]] {
  return [list.filter(isFirst), list.filter((item) => !isFirst(item))];
}

/** A name in the answer, and the attribute it shows. */
interface Alias extends Column {
  attribute: string;
}

function aliasesOf(column: Column): Alias[] {
  const own = { ...column, attribute: column.name };
  return column.name === 'tenant_id' ? [own, { ...own, name: 'project_id' }] : [own];
}

/** What JSON must escape: beside these, halves of surrogate pairs. */
// eslint-disable-next-line no-control-regex
const special = /["\\\u0000-\u001f\ud800-\udfff]/;

/** Writes one attribute of row after row, in many of which it is the same. */
function writer(): (value: unknown) => string {
  let last: unknown;
  let text = 'null';
  return (value) => {
    if (value === null) return 'null';
    if (value !== last || typeof value === 'object') {
      text = typeof value === 'string' && !special.test(value) ? `"${value}"` : jsonOf(value);
      last = value;
    }
    return text;
  };
}

const jsonOf = (value: unknown) =>
  Array.isArray(value) && value.length === 0 ? '[]' : JSON.stringify(value);
