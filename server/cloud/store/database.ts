// What a kind of database must do for the store: SQLite and MariaDB each have a file that does.
import type { ColumnDataType, RawBuilder } from 'kysely';
import type { Handle, Rows } from './rows.ts';
import type { Column } from './table.ts';

/** An opened database. Its errors are those of conflicts.ts where callers can act on them. */
export interface Database {
  /** Its connection URL without the password. */
  name: string;
  /** Other processes may write to it too. */
  isShared: boolean;
  /** Rows outside any transaction. */
  read: Rows;
  /**
   * One transaction. All that write run one after the other, across all processes on this database, so that what `work`
   * has read stays true until it commits.
   */
  transaction<T>(work: (rows: Rows) => Promise<T>): Promise<T>;
  /** Gives the table `schema_version` and a handle for changing the schema, to one process at a time. */
  migrating<T>(work: (handle: Handle) => Promise<T>): Promise<T>;
  /** The types of columns whose type is no `varchar(length)`. */
  types: Record<Exclude<Column['type'], 'varchar'>, ColumnDataType | RawBuilder<unknown>>;
  /** What stands behind the columns of `create table`. */
  tableOptions?: RawBuilder<unknown>;
  /** Names of all indexes that are there. */
  indexNames(handle: Handle): Promise<Set<string>>;
  close(): Promise<void>;
}
