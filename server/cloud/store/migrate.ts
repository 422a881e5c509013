// Brings a database to the declared tables: missing tables, columns and indexes are added, other changes are steps by number.
import { createHash } from 'node:crypto';
import { sql, type ColumnDefinitionBuilder } from 'kysely';
import { ConfigError } from '../../lib/config.ts';
import type { Database } from './database.ts';
import { rowsOf, type Handle, type Rows } from './rows.ts';
import type { Column, Table } from './table.ts';

export interface Schema {
  /** Grows with every step; a database of a newer number is refused. */
  version: number;
  /** In the order of their references. */
  tables: readonly Table<unknown>[];
  /**
   * What cannot be told from the tables (renames), by the version it leads to; taken before the tables are as declared. On
   * MariaDB a step that was interrupted begins anew, so it must stand being taken twice.
   */
  steps?: Record<number, (handle: Handle) => Promise<void>>;
  /** Rows that older ones need now, by version; written when the tables are as declared, and able to be written twice too. */
  fills?: Record<number, (rows: Rows) => Promise<void>>;
}

/**
 * Creates or upgrades the tables, before any other process may. SQLite takes it back whole when it fails; MariaDB keeps each
 * change of a table, so the next start goes on from there. Throws when the database belongs to a newer program.
 */
export async function migrate(database: Database, schema: Schema): Promise<void> {
  await database.migrating(async (handle) => {
    const recorded = await handle.selectFrom('schema_version').select('version').executeTakeFirst();
    const found = recorded === undefined ? undefined : Number(recorded.version);
    if (found !== undefined && found > schema.version)
      throw new ConfigError(
        `The database ${database.name} has schema version ${found}, this program knows versions up to ` +
          `${schema.version}. Start the newer program that wrote it, or name another database.`,
      );
    const passed = Array.from(
      { length: schema.version - (found ?? schema.version) },
      (_, index) => found! + 1 + index,
    );
    for (const version of passed) await schema.steps?.[version]?.(handle);
    await bringTables(database, handle, schema.tables);
    for (const version of passed) await schema.fills?.[version]?.(rowsOf(handle));
    const { version } = schema;
    if (found === undefined) await handle.insertInto('schema_version').values({ version }).execute();
    else if (found < version) await handle.updateTable('schema_version').set({ version }).execute();
  });
}

async function bringTables(
  database: Database,
  handle: Handle,
  tables: readonly Table<unknown>[],
): Promise<void> {
  const present = await handle.introspection.getTables();
  const indexes = await database.indexNames(handle);
  for (const table of tables) {
    const existing = present.find(({ name }) => name === table.name);
    if (existing === undefined) await createTable(database, handle, table);
    else await addColumns(database, handle, table, new Set(existing.columns.map(({ name }) => name)));
    await createIndexes(handle, table, indexes);
  }
}

const typeOf = ({ types }: Database, column: Column) =>
  column.type === 'varchar' ? (`varchar(${column.length ?? 255})` as const) : types[column.type];

async function createTable(database: Database, handle: Handle, table: Table<unknown>): Promise<void> {
  let builder = handle.schema.createTable(table.name);
  for (const [name, column] of Object.entries(table.columns))
    builder = builder.addColumn(name, typeOf(database, column), (definition) => define(definition, column));
  if (!Object.values(table.columns).some(({ type }) => type === 'serial'))
    builder = builder.addPrimaryKeyConstraint(`pk_${table.name}`, [...table.key] as never[]);
  if (database.tableOptions !== undefined) builder = builder.modifyEnd(database.tableOptions);
  await builder.execute();
}

function define(definition: ColumnDefinitionBuilder, column: Column): ColumnDefinitionBuilder {
  if (column.type === 'serial') return definition.primaryKey().autoIncrement();
  const nulls = column.nullable ? definition : definition.notNull();
  if (column.references === undefined) return nulls;
  const referring = nulls.references(`${column.references.table}.id`);
  return column.references.onDelete === undefined
    ? referring
    : referring.onDelete(column.references.onDelete);
}

/** Rows that were there before a column get its empty value. */
async function addColumns(
  database: Database,
  handle: Handle,
  table: Table<unknown>,
  present: Set<string>,
): Promise<void> {
  for (const [name, column] of Object.entries(table.columns)) {
    if (present.has(name)) continue;
    await handle.schema
      .alterTable(table.name)
      .addColumn(name, typeOf(database, column), (definition) =>
        column.nullable ? definition : definition.notNull().defaultTo(emptyValue(column)),
      )
      .execute();
  }
}

function emptyValue(column: Column) {
  if (column.empty !== undefined) return sql.lit(column.empty);
  if (column.type === 'int' || column.type === 'bool') return 0;
  return column.type === 'json' ? sql.lit('null') : '';
}

async function createIndexes(
  handle: Handle,
  table: Table<unknown>,
  present: ReadonlySet<string>,
): Promise<void> {
  const all = [
    ...(table.unique ?? []).map((columns) => ({ columns, unique: true })),
    ...(table.indexes ?? []).map((columns) => ({ columns, unique: false })),
  ];
  for (const { columns, unique } of all) {
    const name = indexName(`${unique ? 'uq' : 'ix'}_${table.name}_${columns.join('_').replaceAll(':', '_')}`);
    if (present.has(name)) continue;
    const builder = handle.schema
      .createIndex(name)
      .on(table.name)
      .columns([...columns]);
    await (unique ? builder.unique() : builder).execute();
  }
}

/** MariaDB takes 64 characters. */
const indexName = (name: string): string =>
  name.length <= 64
    ? name
    : `${name.slice(0, 55)}_${createHash('sha256').update(name).digest('hex').slice(0, 8)}`;
