// Files that others read: replaced as a whole, so that a full disk leaves the old one.
import { renameSync, rmSync, writeFileSync } from 'node:fs';

/** Writes a file beside and puts it in place; whoever reads sees the old text or the new. */
export function replaceFile(path: string, text: string): void {
  const fresh = `${path}.new`;
  try {
    writeFileSync(fresh, text);
    renameSync(fresh, path);
  } catch (error) {
    rmSync(fresh, { force: true });
    throw new Error(`${path}: ${(error as Error).message}`, { cause: error });
  }
}
