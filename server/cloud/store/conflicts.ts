// What a database may refuse or fail at, as errors with the answer that a client gets when nobody handles them.
import { CloudError } from '../../lib/errors.ts';

/** A unique key was already there; `table` owns it. */
export class UniqueConflict extends CloudError {
  readonly table: string;

  constructor(table: string, cause: unknown) {
    super(409, 'Conflict', `A unique key of ${table} is taken`);
    this.table = table;
    this.cause = cause;
  }
}

/** Others were faster (a deadlock, a lock held too long): nothing was changed, and the same may succeed when tried again. */
export class TransientConflict extends CloudError {
  constructor(cause: unknown) {
    super(503, 'RetryRequest', 'The database is busy with other requests. Try again.');
    this.cause = cause;
  }
}

/** The database is not there, or went away; what was being committed then may be kept or not. */
export class StoreUnavailable extends CloudError {
  /** The connection was there and broke: another one may work. */
  readonly wasConnected: boolean;

  constructor(cause: unknown, wasConnected: boolean) {
    super(503, 'ServiceUnavailable', 'The database cannot be reached at the moment. Try again.');
    this.wasConnected = wasConnected;
    this.cause = cause;
  }
}

/** A value does not fit into its column. */
export class UnfitValue extends CloudError {
  constructor(column: string, cause: unknown) {
    super(400, 'HTTPBadRequest', `Invalid input for ${column}: the value is too long or too large.`);
    this.cause = cause;
  }
}
