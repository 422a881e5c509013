// Errors of the Compute API: one key named after the status, `{"itemNotFound": {"code": 404, "message": ...}}`.
import { CloudError } from '../../lib/errors.ts';
import type { HttpFailure } from '../../lib/http.ts';

const keys: Record<number, string> = {
  400: 'badRequest',
  401: 'unauthorized',
  403: 'forbidden',
  404: 'itemNotFound',
  405: 'badMethod',
  409: 'conflictingRequest',
  413: 'overLimit',
  415: 'badMediaType',
  501: 'notImplemented',
  503: 'serviceUnavailable',
};

const keyOf = (status: number) => keys[status] ?? 'computeFault';

/** The body of an error answer. */
export const renderFailure = ({ status, message }: HttpFailure) => ({
  [keyOf(status)]: { code: status, message },
});

const failure = (status: number) => (message: string) => new CloudError(status, keyOf(status), message);
export const badRequest = failure(400);
export const forbidden = failure(403);
export const notFound = failure(404);
export const conflict = failure(409);
export const serverFault = failure(500);

export const instanceNotFound = (id: string) => notFound(`Instance ${id} could not be found.`);
