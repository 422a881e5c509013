// How v3 shows what Identity keeps: attributes, then the client's own ones, then a link to itself.
import type { Request } from 'express';
import { baseUrl } from './guard.ts';
import type { Extra } from './tables.ts';

type View = (row: { id: string; extra: Extra }) => Record<string, unknown>;

/** A view of rows of a collection; columns named in `hidden` are kept back. */
const viewAs =
  (plural: string, hidden: readonly string[] = []) =>
  (base: string): View =>
  ({ extra, ...row }) => ({
    ...extra,
    ...Object.fromEntries(Object.entries(row).filter(([key]) => !hidden.includes(key))),
    links: { self: `${base}/v3/${plural}/${encodeURIComponent(row.id)}` },
  });

export const viewDomain = viewAs('domains');
export const viewRole = viewAs('roles');
export const viewGroup = viewAs('groups');
export const viewRegion = viewAs('regions');
export const viewService = viewAs('services');

export const viewProject =
  (base: string): View =>
  (row) => {
    const shown = viewAs('projects')(base)(row);
    return { parent_id: shown.domain_id, ...shown };
  };

export const viewEndpoint =
  (base: string): View =>
  (row) => {
    const shown = viewAs('endpoints', ['legacy_endpoint_id'])(base)(row);
    return { ...shown, region: shown.region_id };
  };

export const viewUser =
  (base: string): View =>
  (row) => {
    const { default_project_id, ...shown } = viewAs('users', ['password_hash'])(base)(row);
    const chosen = default_project_id === null ? {} : { default_project_id };
    return { ...shown, ...chosen, password_expires_at: null };
  };

/** `links` of a list. */
export const collectionLinks = (req: Request) => ({
  self: `${baseUrl(req)}${req.originalUrl}`,
  previous: null,
  next: null,
});
