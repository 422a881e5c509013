// The query string of a list: filters, fields, sorting, pages. Pure.
import { badRequest, CloudError } from '../../lib/errors.ts';
import { pythonRepr } from '../../lib/python-repr.ts';
import type { Field, Resource } from '../../lib/resource.ts';
import { checkBool } from '../../lib/validate.ts';
import { neutronError } from '../model/errors.ts';

export interface ListQuery {
  /** Values by field; a row must have one of them. */
  filters: Record<string, string[]>;
  fields: string[];
  sort: { key: string; descending: boolean }[];
  limit?: number;
  marker?: string;
  isReversed: boolean;
}

const reserved = new Set(['fields', 'sort_key', 'sort_dir', 'limit', 'marker', 'page_reverse', 'verbose']);

/** Reads a query string; `filterable` are names beyond the fields that may be filtered on. Throws the API's 400. */
export function parseQuery(
  resource: Resource,
  search: URLSearchParams,
  filterable: readonly string[],
): ListQuery {
  const known = (name: string) => {
    const field = Object.hasOwn(resource.fields, name) ? resource.fields[name] : undefined;
    return field !== undefined && !field.hidden;
  };
  const filters: Record<string, string[]> = {};
  for (const key of new Set(search.keys())) {
    if (reserved.has(key)) continue;
    const name = key === 'project_id' && 'tenant_id' in resource.fields ? 'tenant_id' : key;
    if (!known(name) && !filterable.includes(name))
      throw badRequest(`${pythonRepr([key])} is invalid attribute for filtering`);
    filters[name] = [...(filters[name] ?? []), ...search.getAll(key)];
  }
  const limit = limitOf(search.get('limit'));
  return {
    filters,
    fields: search.getAll('fields').filter((name) => name !== ''),
    sort: sortOf(search, known),
    ...(limit !== undefined && { limit }),
    ...(search.get('marker') && { marker: search.get('marker')! }),
    isReversed: isTrue(search.get('page_reverse')),
  };
}

function limitOf(text: string | null): number | undefined {
  if (text === null || text === '') return undefined;
  if (!/^\d{1,15}$/.test(text))
    throw neutronError('BadRequest', {
      resource: 'limit',
      msg: `Limit must be an integer 0 or greater and not '${text}'`,
    });
  return Number(text) === 0 ? undefined : Number(text);
}

function sortOf(search: URLSearchParams, known: (name: string) => boolean): ListQuery['sort'] {
  const keys = search.getAll('sort_key').map((key) => (key === 'project_id' ? 'tenant_id' : key));
  const directions = search.getAll('sort_dir');
  if (directions.length > 0 && keys.length !== directions.length)
    throw badRequest('The number of sort_keys and sort_dirs must be same');
  const wrongKeys = keys.filter((key) => !known(key));
  if (wrongKeys.length > 0) throw badRequest(`${pythonRepr(wrongKeys)} is invalid attribute for sort_keys`);
  const wrongDirections = directions.filter((direction) => direction !== 'asc' && direction !== 'desc');
  if (wrongDirections.length > 0)
    throw badRequest(
      `${pythonRepr(wrongDirections)} is invalid attribute for sort_dirs, value must be 'asc' and 'desc'`,
    );
  return keys.map((key, index) => ({ key, descending: directions[index] === 'desc' }));
}

const isTrue = (text: string | null) => text !== null && ['true', '1', 'yes'].includes(text.toLowerCase());

/** The values a column is compared with; a value that cannot be in the column matches nothing. Throws on a bad boolean. */
export function filterValues(field: Field, values: readonly string[]): unknown[] {
  if (field.type === 'bool') return values.map(truth);
  if (field.type === 'int') return values.filter((value) => /^-?\d+$/.test(value)).map(Number);
  // what nobody set is null here and empty there
  return field.nullable ? values.flatMap((value) => (value === '' ? [null, ''] : [value])) : [...values];
}

function truth(value: string): unknown {
  const checked = checkBool(value);
  if ('value' in checked) return checked.value;
  throw new CloudError(400, 'InvalidInput', `Invalid input for operation: ${checked.reason}.`);
}

/** What links to other pages are made from: how many items this one has, the first and the last of them. */
export interface Edges {
  count: number;
  first?: { id?: unknown };
  last?: { id?: unknown };
}

/** The links to the pages beside this one, for `<plural>_links`. */
export function pageLinks(
  url: URL,
  query: ListQuery,
  { count, first, last }: Edges,
): { href: string; rel: 'next' | 'previous' }[] {
  if (query.limit === undefined) return [];
  const isShort = count < query.limit;
  const link = (rel: 'next' | 'previous') => {
    const target = new URL(url);
    target.searchParams.delete('marker');
    target.searchParams.delete('page_reverse');
    const edge = rel === 'next' ? last : first;
    if (edge !== undefined) target.searchParams.set('marker', String(edge.id));
    if (rel === 'previous') target.searchParams.set('page_reverse', 'True');
    return { href: target.href, rel };
  };
  return [
    ...(isShort && !query.isReversed ? [] : [link('next')]),
    ...(isShort && query.isReversed ? [] : [link('previous')]),
  ];
}
