// Columns of a row written as JSON by the database: one text for each row instead of a value for each column.
import { sql, type Expression, type RawBuilder } from 'kysely';
import type { Column, Table } from './table.ts';

/** A name in the JSON object, and the column it shows. */
export interface Written {
  name: string;
  column: string;
}

/** The property of a row that holds the text. */
export const textColumn = 'json text';

/**
 * Those columns of a row, as the inside of a JSON object: `"name":"vm1","mtu":1500`. Throws for a column that the table does
 * not have. Said in words that SQLite and MariaDB share.
 */
export function jsonText(table: Table<unknown>, written: readonly Written[]): RawBuilder<string> {
  const parts = written.flatMap(({ name, column }, index): Expression<unknown>[] => {
    const declared = table.columns[column];
    if (declared === undefined) throw new Error(`Table ${table.name} has no column ${column}`);
    return [sql.lit(`${index === 0 ? '' : ','}${JSON.stringify(name)}:`), valueText(declared, column)];
  });
  return sql<string>`concat(${sql.join(parts)})`;
}

function valueText({ type }: Column, column: string): RawBuilder<string> {
  const value = sql.ref(column);
  switch (type) {
    case 'bool':
      return sql`case when ${value} is null then 'null' when ${value} = 0 then 'false' else 'true' end`;
    case 'varchar':
    case 'text':
      return sql`coalesce(json_quote(${value}), 'null')`;
    // kept as they are written
    case 'int':
    case 'serial':
    case 'json':
      return sql`coalesce(${value}, 'null')`;
  }
}
