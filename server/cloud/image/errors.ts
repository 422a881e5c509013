// Errors of the Image service.
import { STATUS_CODES } from 'node:http';
import { CloudError } from '../../lib/errors.ts';
import type { HttpFailure } from '../../lib/http.ts';

const make = (status: number, message: string) =>
  new CloudError(status, STATUS_CODES[status] ?? 'Error', message);

export const badRequest = (message: string) => make(400, message);
export const forbidden = (message: string) => make(403, message);
export const noImage = (id: string) => make(404, `No image found with ID ${id}`);
export const conflict = (message: string) => make(409, message);
export const tooLarge = (message: string) => make(413, message);

export const renderImageError = ({ status, message }: HttpFailure) => ({
  error: { code: status, title: STATUS_CODES[status] ?? 'Error', message },
});
