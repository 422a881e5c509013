// The declared resources by the name that references use.
import type { Resource } from '../../../lib/resource.ts';
import { resources } from '../../model/index.ts';

/** A resource by its name in the API: `network`, `security_group`. */
export function findResourceNamed(name: string): Resource {
  const found = resources.find((resource) => resource.name === name);
  if (found === undefined) throw new Error(`No resource is named ${name}`);
  return found;
}
