// Why an instance is in ERROR, as Nova keeps and shows it.
import type { Fault } from '../model/instance.ts';

/** Nova's column of messages is that long. */
const longestMessage = 255;

/** A fault of now. */
export const newFault = (message: string, details?: string): Fault => ({
  code: 500,
  created: new Date().toISOString(),
  message: message.slice(0, longestMessage),
  ...(details === undefined ? {} : { details }),
});

/** The fault of a server's show: times without fractions. */
export function showFault({ code, created, message, details }: Fault, isAdmin: boolean): Fault {
  const shown = { code, created: created.replace(/\.\d+/, ''), message };
  return details !== undefined && (isAdmin || code !== 500) ? { ...shown, details } : shown;
}
