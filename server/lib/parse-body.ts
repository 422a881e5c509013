// Request bodies against a declared resource, in Neutron's words. Pure.
import { badRequest } from './errors.ts';
import type { CreateOf, Field, Resource, UpdateOf } from './resource.ts';
import { validated } from './validate.ts';

type Body = Record<string, unknown>;

const isObject = (value: unknown): value is Body =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The items of a create body: one below the resource's name, or several below its plural. */
export function itemsOf(resource: Resource, body: unknown): { items: Body[]; isBulk: boolean } {
  if (!isObject(body))
    throw badRequest(body === undefined ? 'Resource body required' : 'Body contains invalid data');
  const many = body[resource.plural];
  if (many !== undefined) {
    if (!resource.bulk) throw badRequest('Bulk operation not supported');
    if (!Array.isArray(many) || many.length === 0) throw badRequest('Resources required');
    return { items: many.map((item) => objectOf(resource, item)), isBulk: true };
  }
  return { items: [objectOf(resource, body[resource.name])], isBulk: false };
}

/** The object below the resource's name. */
export function itemOf(resource: Resource, body: unknown): Body {
  if (!isObject(body))
    throw badRequest(body === undefined ? 'Resource body required' : 'Body contains invalid data');
  return objectOf(resource, body[resource.name]);
}

function objectOf(resource: Resource, item: unknown): Body {
  if (item === undefined) throw badRequest(`Unable to find '${resource.name}' in request body`);
  if (!isObject(item)) throw badRequest('Body contains invalid data');
  return sameOwner(resource, item);
}

/** `project_id` is another word for `tenant_id`; both may be given when they agree. */
function sameOwner(resource: Resource, item: Body): Body {
  if (!('tenant_id' in resource.fields) || !('project_id' in item)) return item;
  const { project_id, ...rest } = item;
  if (rest.tenant_id !== undefined && rest.tenant_id !== project_id)
    throw badRequest("'project_id' and 'tenant_id' do not match");
  return { ...rest, tenant_id: project_id };
}

/** Checks and converts one item to be made; defaults are filled in. Throws the API's 400. */
export function parseCreate<R extends Resource>(resource: R, item: Body): CreateOf<R> {
  refuseUnknown(resource, item);
  const result: Body = {};
  for (const [name, field] of fieldsOf(resource)) {
    const value = item[name];
    if (field.create === undefined) {
      if (value !== undefined) throw badRequest(`Attribute '${name}' not allowed in POST`);
    } else if (value !== undefined) {
      result[name] = validated(name, field, value);
    } else if (field.create === 'required') {
      throw badRequest(`Failed to parse request. Required attribute '${name}' not specified`);
    } else if ('default' in field) {
      result[name] = structuredClone(field.default);
    }
  }
  return result as CreateOf<R>;
}

/** Checks and converts the changes asked for. Throws the API's 400. */
export function parseUpdate<R extends Resource>(resource: R, item: Body): UpdateOf<R> {
  refuseUnknown(resource, item);
  const result: Body = {};
  for (const [name, value] of Object.entries(item)) {
    const field = resource.fields[name]!;
    if (field.update === undefined) throw badRequest(`Cannot update read-only attribute ${name}`);
    result[name] = validated(name, field, value);
  }
  return result as UpdateOf<R>;
}

function refuseUnknown(resource: Resource, item: Body): void {
  const unknown = Object.keys(item).filter(
    (name) => !Object.hasOwn(resource.fields, name) || isInternal(resource.fields[name]!),
  );
  if (unknown.length > 0) throw badRequest(`Unrecognized attribute(s) '${unknown.join(', ')}'`);
}

const fieldsOf = (resource: Resource): [string, Field][] =>
  Object.entries(resource.fields).filter(([, field]) => !isInternal(field));

/** Neither shown nor given: clients need not know that it is there. */
const isInternal = (field: Field) => field.hidden === true && field.create === undefined;
