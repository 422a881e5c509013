// What errors of MariaDB and of the way to it mean; statements with their values never leave this file.
import type { QueryError } from 'mysql2';
import { ConfigError } from '../../lib/config.ts';
import { StoreUnavailable, TransientConflict, UnfitValue, UniqueConflict } from './conflicts.ts';
import type { MariadbAddress } from './mariadb-url.ts';

/** Whether nothing was changed and trying again helps. */
const transient = ['ER_LOCK_DEADLOCK', 'ER_LOCK_WAIT_TIMEOUT', 'ER_CHECKREAD'];
const unfit = [
  'ER_DATA_TOO_LONG',
  'ER_WARN_DATA_OUT_OF_RANGE',
  'ER_TRUNCATED_WRONG_VALUE',
  'ER_TRUNCATED_WRONG_VALUE_FOR_FIELD',
];
const taken = ['ER_DUP_ENTRY', 'ER_DUP_ENTRY_WITH_KEY_NAME'];
/** The server shuts down, a query or connection was killed, a statement took too long (mysql2 knows MySQL's names only). */
const ended = [1053, 1317, 1927, 1969];
/** The server does not let anybody, or us, in. */
const shut = ['ER_CON_COUNT_ERROR', 'ER_USER_LIMIT_REACHED', 'ER_TOO_MANY_USER_CONNECTIONS'];
const unreached = [
  'ECONNREFUSED',
  'ENOENT',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
];

/** The error that callers of the store get; `sql` is the statement that failed. */
export function meaningOf(error: NodeJS.ErrnoException, sql: string): Error {
  const cause = withoutStatement(error);
  const { code = '' } = error;
  if (taken.includes(code)) return new UniqueConflict(tableIn(sql), cause);
  if (transient.includes(code)) return new TransientConflict(cause);
  if (unfit.includes(code))
    return new UnfitValue(/column '([^']+)'/.exec(error.message)?.[1] ?? 'a value', cause);
  if (unreached.includes(code) || shut.includes(code) || sql === '')
    return new StoreUnavailable(cause, false);
  const isLost =
    (error as QueryError).fatal === true || /closed state|ECONNRESET|EPIPE/.test(`${code} ${error.message}`);
  return isLost || ended.includes((error as QueryError).errno ?? 0)
    ? new StoreUnavailable(cause, true)
    : cause;
}

/** mysql2 puts the statement with all its values beside the message; a log must not have them. */
function withoutStatement(error: NodeJS.ErrnoException): Error {
  const clean = new Error(error.message);
  clean.name = 'MariadbError';
  return Object.assign(clean, { code: error.code, errno: error.errno });
}

/** The table that a statement writes. */
const tableIn = (sql: string): string => /^\s*(?:insert into|update) `([^`]+)`/i.exec(sql)?.[1] ?? 'a table';

/** Why the database cannot be used, as whoever wrote the configuration can mend it. */
export function refusalAtStart(
  error: NodeJS.ErrnoException,
  { name, user, database }: MariadbAddress,
): ConfigError {
  const { code = '' } = error;
  const say = (reason: string) => new ConfigError(`[database] connection: ${name}: ${reason}`);
  if (code === 'ER_ACCESS_DENIED_ERROR')
    return say(`the server refuses user '${user}': unknown, or another password`);
  if (code === 'ER_DBACCESS_DENIED_ERROR')
    return say(`user '${user}' may not use database '${database}': grant it`);
  if (code === 'ER_BAD_DB_ERROR') return say(`there is no database '${database}': create it`);
  if (code === 'ER_UNKNOWN_SYSTEM_VARIABLE') return say('this is no MariaDB 10.11 or later');
  if (code === 'ER_HOST_NOT_PRIVILEGED') return say('the server takes no connections from this machine');
  if (unreached.includes(code))
    return say(`cannot be reached (${code}): is mariadbd running and listening there?`);
  return say(error.message);
}
