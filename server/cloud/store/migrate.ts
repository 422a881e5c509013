// Brings a database to the declared tables: missing tables, columns and indexes are added, other changes are steps by number.
import { sql, type ColumnDefinitionBuilder } from 'kysely';
import type { Handle } from './rows.ts';
import type { Column, Table } from './table.ts';

export interface Schema {
  /** Grows with every step; a database of a newer number is refused. */
  version: number;
  /** In the order of their references. */
  tables: readonly Table<unknown>[];
  /** What cannot be told from the tables (renames, data), by the version it leads to. */
  steps?: Record<number, (handle: Handle) => Promise<void>>;
}

/** Creates or upgrades the tables in one transaction. Throws when the database belongs to a newer program. */
export async function migrate(database: Handle, schema: Schema, url: string): Promise<void> {
  await database.transaction().execute(async (handle) => {
    await handle.schema.createTable('schema_version').ifNotExists().addColumn('version', 'integer').execute();
    const recorded = await handle.selectFrom('schema_version').select('version').executeTakeFirst();
    const found = recorded === undefined ? undefined : Number(recorded.version);
    if (found !== undefined && found > schema.version)
      throw new Error(
        `The database ${withoutPassword(url)} has schema version ${found}, this program knows versions up to ` +
          `${schema.version}. Start the newer program that wrote it, or name another database.`,
      );
    for (let version = (found ?? schema.version) + 1; version <= schema.version; version++)
      await schema.steps?.[version]?.(handle);
    const present = await handle.introspection.getTables();
    for (const table of schema.tables) {
      const existing = present.find(({ name }) => name === table.name);
      if (existing === undefined) await createTable(handle, table);
      else await addColumns(handle, table, new Set(existing.columns.map(({ name }) => name)));
      await createIndexes(handle, table);
    }
    if (found === undefined)
      await handle.insertInto('schema_version').values({ version: schema.version }).execute();
    else await handle.updateTable('schema_version').set({ version: schema.version }).execute();
  });
}

const withoutPassword = (url: string) => url.replace(/:[^:@/]*@/, ':***@');

function sqlType(column: Column) {
  switch (column.type) {
    case 'varchar':
      return `varchar(${column.length ?? 255})` as const;
    case 'text':
    case 'json':
      return 'text' as const;
    case 'int':
      return 'bigint' as const;
    case 'bool':
      return 'boolean' as const;
    case 'serial':
      return 'integer' as const;
  }
}

async function createTable(handle: Handle, table: Table<unknown>): Promise<void> {
  let builder = handle.schema.createTable(table.name);
  for (const [name, column] of Object.entries(table.columns))
    builder = builder.addColumn(name, sqlType(column), (definition) => define(definition, column));
  if (!Object.values(table.columns).some(({ type }) => type === 'serial'))
    builder = builder.addPrimaryKeyConstraint(`pk_${table.name}`, [...table.key] as never[]);
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
async function addColumns(handle: Handle, table: Table<unknown>, present: Set<string>): Promise<void> {
  for (const [name, column] of Object.entries(table.columns)) {
    if (present.has(name)) continue;
    await handle.schema
      .alterTable(table.name)
      .addColumn(name, sqlType(column), (definition) =>
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

async function createIndexes(handle: Handle, table: Table<unknown>): Promise<void> {
  const all = [
    ...(table.unique ?? []).map((columns) => ({ columns, unique: true })),
    ...(table.indexes ?? []).map((columns) => ({ columns, unique: false })),
  ];
  for (const { columns, unique } of all) {
    const name = `${unique ? 'uq' : 'ix'}_${table.name}_${columns.join('_').replaceAll(':', '_')}`;
    const builder = handle.schema
      .createIndex(name)
      .ifNotExists()
      .on(table.name)
      .columns([...columns]);
    await (unique ? builder.unique() : builder).execute();
  }
}
