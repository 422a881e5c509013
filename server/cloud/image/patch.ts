// PATCH of an image: JSON patch as the Image API takes it (add, replace, remove of one attribute each).
import { freeProperties, ImageFailure, parseInput, toColumns, type ImageRow } from './image.ts';

interface Operation {
  op: string;
  path: string;
  value?: unknown;
}

const badRequest = (message: string) => new ImageFailure(400, 'Bad Request', message);

/** The columns that a patch document changes in `row`; 400, 403 or 409 for what it may not do. */
export function patchColumns(row: ImageRow, document: unknown): Partial<ImageRow> {
  if (!Array.isArray(document)) throw badRequest('Request body must be a JSON array of operation objects.');
  const values: Record<string, unknown> = {};
  const removed = new Set<string>();
  for (const { op, path, value } of document as Operation[]) {
    const name = /^\/([^/]+)$/.exec(path ?? '')?.[1];
    if (name === undefined) throw badRequest(`Invalid path '${path}': expected '/attribute'.`);
    if (op === 'remove') {
      if (!(name in freeProperties(row)) && !(name in values))
        throw new ImageFailure(409, 'Conflict', `Property ${name} does not exist or cannot be removed.`);
      removed.add(name);
    } else if (op === 'add' || op === 'replace') values[name] = value;
    else throw badRequest(`Operations must be one of 'add', 'replace' or 'remove', not '${op}'.`);
  }
  if ('id' in values) throw new ImageFailure(403, 'Forbidden', "Attribute 'id' is read-only.");
  const columns = toColumns(parseInput(values), row);
  const properties = JSON.parse(columns.properties ?? '{}') as Record<string, string>;
  for (const name of removed) delete properties[name];
  return { ...columns, properties: JSON.stringify(properties) };
}
