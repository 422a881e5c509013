// Lists that no table stands behind: filters by equality and chosen fields, as for every resource.
import { badRequest } from '../../lib/errors.ts';
import { pythonRepr } from '../../lib/python-repr.ts';
import { selected } from './view.ts';
import type { Item } from './work.ts';

const passedOver = new Set(['sort_key', 'sort_dir', 'limit', 'marker', 'page_reverse', 'verbose']);

/** The items that the query string of `url` asks for, by these attributes. Throws 400 for any other attribute. */
export function chosen(url: string, items: readonly Item[], attributes: readonly string[]): Item[] {
  const search = new URL(url, 'http://localhost').searchParams;
  const filters = [...new Set(search.keys())].filter((key) => key !== 'fields' && !passedOver.has(key));
  const unknown = filters.find((key) => !attributes.includes(key));
  if (unknown !== undefined) throw badRequest(`${pythonRepr([unknown])} is invalid attribute for filtering`);
  const fields = search.getAll('fields').filter(Boolean);
  return items
    .filter((item) => filters.every((name) => search.getAll(name).includes(String(item[name]))))
    .map((item) => selected(item, fields));
}
