// Identity's errors; their bodies are `{"error": {code, title, message}}`.
import { STATUS_CODES } from 'node:http';
import { CloudError } from '../../lib/errors.ts';
import type { HttpFailure } from '../../lib/http.ts';

const make = (status: number, message: string) =>
  new CloudError(status, STATUS_CODES[status] ?? 'Error', message);

export const badInput = (message: string) => make(400, message);
export const unauthorized = (message = 'The request you have made requires authentication.') =>
  make(401, message);
export const forbidden = (action: string) =>
  make(403, `You are not authorized to perform the requested action: ${action}.`);
export const notFound = (what: string, id: string) => make(404, `Could not find ${what}: ${id}.`);
export const conflict = (what: string, details: string) =>
  make(409, `Conflict occurred attempting to store ${what} - ${details}.`);

/** The JSON body of an error. */
export const renderIdentityError = ({ status, message }: HttpFailure) => ({
  error: { code: status, title: STATUS_CODES[status] ?? 'Error', message },
});
