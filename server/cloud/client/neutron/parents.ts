// Resources that are part of another: which one is said by the last word, and stands in their path.
import type { Resource } from '../../../lib/resource.ts';
import type { Arguments, PositionalSpec } from '../command/arguments.ts';
import type { Session } from '../session.ts';
import { findId } from './find.ts';
import { findResourceNamed } from './resources.ts';

/** The word for what the resource is part of, if it is. */
export function parentPositionals({ parent }: Resource): PositionalSpec[] {
  if (parent === undefined) return [];
  const { title, command } = findResourceNamed(parent.name);
  const metavar = command!.noun.replaceAll('-', '_').toUpperCase();
  return [{ name: parent.name, metavar, help: `ID or name of the ${title}` }];
}

/** The resource with the path that it has in the parent that the words name. */
export async function within(
  session: Session,
  resource: Resource,
  { positionals }: Pick<Arguments, 'positionals'>,
): Promise<Resource> {
  const { parent } = resource;
  if (parent === undefined) return resource;
  const id = await findId(session, findResourceNamed(parent.name), positionals[parent.name]!);
  return { ...resource, path: resource.path.replace(':parent', id) };
}
