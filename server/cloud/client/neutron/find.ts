// From the name or id that somebody typed to the id of the resource.
import type { Resource } from '../../../lib/resource.ts';
import { findResourceNamed } from './resources.ts';
import type { Session } from '../session.ts';

const uuid = /^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$/i;

type Row = Record<string, unknown> & { id: string };

async function search(session: Session, { plural, path }: Resource, query: Record<string, string>) {
  const { body } = await session.request<Record<string, Row[]>>('network', {
    method: 'GET',
    path: `/v2.0/${path}`,
    query: { ...query, fields: 'id' },
  });
  return body[plural] ?? [];
}

/** The id of the resource with this id or name. Throws when there is none, or more than one of the name. */
export async function findId(session: Session, resource: Resource, nameOrId: string): Promise<string> {
  if (uuid.test(nameOrId)) {
    const [found] = await search(session, resource, { id: nameOrId });
    if (found !== undefined) return found.id;
  }
  const found = 'name' in resource.fields ? await search(session, resource, { name: nameOrId }) : [];
  if (found.length > 1)
    throw new Error(
      `Multiple ${resource.name} matches found for name '${nameOrId}', use an ID to be more specific.`,
    );
  if (found[0] === undefined)
    throw new Error(`Unable to find ${resource.name} with name or id '${nameOrId}'`);
  return found[0].id;
}

/** The same for a resource given by its name in the API: `network`. */
export const findIdOf = (session: Session, resourceName: string, nameOrId: string): Promise<string> =>
  findId(session, findResourceNamed(resourceName), nameOrId);
