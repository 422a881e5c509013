// Tables as data: derived from declared resources, or written down where no resource stands behind them.
import type { Field, Resource, RowOf } from '../../lib/resource.ts';

export interface Column {
  /** `json` is kept as text; `bool` as 0 and 1; `serial` is the number a row gets when inserted. */
  type: 'varchar' | 'text' | 'int' | 'bool' | 'json' | 'serial';
  /** Characters of a varchar. */
  length?: number;
  nullable?: boolean;
  /** What rows get that were there before the column; default by type. */
  empty?: string;
  references?: { table: string; onDelete?: 'cascade' };
}

/** A table; `Row` is the type of its rows and exists for the compiler only. */
export interface Table<Row = Record<string, unknown>> {
  name: string;
  columns: Record<string, Column>;
  key: readonly string[];
  unique?: readonly (readonly string[])[];
  indexes?: readonly (readonly string[])[];
  readonly row?: Row;
}

/** Declares a table whose rows are `Row`. */
export const defineTable = <Row>(table: Omit<Table<Row>, 'row'>): Table<Row> => table;

/** The table of a resource: a column for every stored field, `id` its key; `ref` fields refer to `tableNames[ref]`. */
export function tableOf<R extends Resource>(
  resource: R,
  tableNames: Record<string, string>,
): Table<RowOf<R>> {
  const stored = Object.entries<Field>(resource.fields).filter(([, field]) => field.stored !== false);
  return {
    name: resource.plural,
    columns: Object.fromEntries(stored.map(([name, field]) => [name, columnOf(field, tableNames)])),
    key: ['id'],
    unique: resource.unique ?? [],
    indexes: resource.indexes ?? [],
  };
}

const lengths: Partial<Record<Field['type'], number>> = { uuid: 36, ip: 64, cidr: 64, mac: 32, time: 32 };

function columnOf(field: Field, tableNames: Record<string, string>): Column {
  const references =
    field.ref === undefined
      ? {}
      : {
          references: { table: tableNames[field.ref]!, ...(field.onDelete && { onDelete: field.onDelete }) },
        };
  const nullable = field.nullable ? { nullable: true } : {};
  switch (field.type) {
    case 'int':
      return { type: 'int', ...nullable };
    case 'bool':
      return { type: 'bool', ...nullable, ...(field.default === true && { empty: '1' }) };
    case 'list':
      return { type: 'json', ...nullable, ...(!field.nullable && { empty: '[]' }) };
    case 'dict':
    case 'any':
      return { type: 'json', ...nullable };
    case 'string':
      return { type: 'varchar', length: field.maxLength ?? 255, ...nullable, ...references };
    case 'uuid':
    case 'ip':
    case 'cidr':
    case 'mac':
    case 'time':
      return { type: 'varchar', length: lengths[field.type]!, ...nullable, ...references };
  }
}
