// A resource of an API, declared once: types, validation, table, routes, policy, command line and reference derive from it.
// Pure data; who may do what with a value beyond its shape is told by plain functions elsewhere.

/** Who may give or see a field when the policy file says nothing else. */
export type Audience = 'admin' | 'network_owner' | 'data_plane_integrator';

interface FieldBase {
  /** May (or must) be given when the resource is made; absent: read-only there. */
  create?: 'required' | 'optional';
  /** May be given in an update. */
  update?: true;
  nullable?: true;
  /** Null may be given, and asks the rules for a new value. */
  redrawn?: true;
  /** The value passes as it came: the rules convert and refuse it in words of their own. */
  lenient?: true;
  /** What a create without the field means; without a default the field stays undefined for the rules to fill. */
  default?: unknown;
  /** Extension that brings the field; without it the field is unknown. */
  extension?: string;
  /** Name of the resource whose id this is: foreign key of the column, name-to-id on the command line. */
  ref?: string;
  /** Key of a dict that must be there. */
  required?: true;
  /** Only this audience may set the field. */
  set?: Audience;
  /** Only this audience sees the field. */
  view?: Audience;
  /** False: computed from other tables, no column of its own. */
  stored?: false;
  /** Never part of an answer; may still be given in a create when `create` says so. */
  hidden?: true;
  /** For a `ref`: rows go with what they refer to; otherwise that cannot be deleted while they are there. */
  onDelete?: 'cascade';
  /** Name of the command line option that takes the value; default: the name with dashes. False: no option. */
  flag?: string | false;
  /** Options without a value and what they mean: `{ 'admin-state-down': false }`. */
  switches?: Record<string, unknown>;
  /** Place in the command line's list table; absent: not a default column. */
  column?: number;
  help?: string;
}

export interface TextField extends FieldBase {
  type: 'string';
  maxLength?: number;
  /** The only values allowed, compared as they are unless `ignoreCase`. */
  values?: readonly string[];
  ignoreCase?: true;
  /** True: the empty string is refused. */
  filled?: true;
}

export interface IntField extends FieldBase {
  type: 'int';
  min?: number;
  max?: number;
  values?: readonly number[];
}

/** Values told by their type alone; `time` is ISO 8601, `any` is JSON that the rules look at. */
export interface PlainField extends FieldBase {
  type: 'uuid' | 'bool' | 'ip' | 'cidr' | 'mac' | 'time' | 'any';
}

export interface ListField extends FieldBase {
  type: 'list';
  of: Field;
  /** Equal items are refused. */
  distinct?: true;
}

export interface DictField extends FieldBase {
  type: 'dict';
  /** Known keys; absent: any key with any value. */
  keys?: Record<string, Field>;
}

export type Field = TextField | IntField | PlainField | ListField | DictField;
export type Fields = Record<string, Field>;

export interface Command {
  /** Noun of the commands: `net` gives net-create, net-list, net-show, net-update, net-delete. */
  noun: string;
  /** Fields given by position in a create, in order. */
  positional?: readonly string[];
  /** The verbs there are; default all five. */
  verbs?: readonly ('create' | 'list' | 'show' | 'update' | 'delete')[];
  /** Fields shown by the list, in order, when it differs from the columns declared. */
  help?: string;
}

export interface Resource<F extends Fields = Fields> {
  /** Key of one in a body, `_` between words. */
  name: string;
  /** Key of many in a body; also the table. */
  plural: string;
  /** Path below /v2.0, when it is not the plural with dashes. */
  path: string;
  /** Words for messages: `Security group`. */
  title: string;
  fields: F;
  /** Alias of the extension that brings the resource; absent: core. */
  extension?: string;
  /** What it is part of: its path has the parent's id at `:parent`, which `field` holds; its policy rules have both names. */
  parent?: { name: string; field: string };
  /** Several may be made by one POST with the plural key. */
  bulk?: boolean;
  /** Counted against `quota_<name>`. */
  quota?: boolean;
  /** Operations the API offers; default all. */
  operations: readonly Operation[];
  /** PUT actions on one: `add_router_interface`. */
  actions?: readonly string[];
  /** Uniqueness beyond the id, as lists of columns. */
  unique?: readonly (readonly string[])[];
  indexes?: readonly (readonly string[])[];
  command?: Command;
  help: string;
}

export type Operation = 'list' | 'show' | 'create' | 'update' | 'delete';

/** The name of a resource in policy rules: `network`, `policy_bandwidth_limit_rule`. */
export const policyNameOf = ({ name, parent }: Pick<Resource, 'name' | 'parent'>): string =>
  parent === undefined ? name : `${parent.name}_${name}`;

type Optional<R, K extends keyof R> = Omit<R, K> & Partial<Pick<R, K>>;

/** Declares a resource; path, title and operations have defaults. */
export function defineResource<const F extends Fields>(
  declared: Optional<Resource<F>, 'path' | 'title' | 'operations'>,
): Resource<F> {
  const words = declared.name.replaceAll('_', ' ');
  return {
    path: declared.plural.replaceAll('_', '-'),
    title: words.charAt(0).toUpperCase() + words.slice(1),
    operations: ['list', 'show', 'create', 'update', 'delete'],
    ...declared,
  };
}

/** The TypeScript type of a field's value. */
export type ValueOf<F> = F extends { nullable: true } ? Base<F> | null : Base<F>;
/** What a body may hold for a field. */
type GivenOf<F> = F extends { redrawn: true } ? Base<F> | null : ValueOf<F>;
type Base<F> = F extends { values: readonly (infer V)[] }
  ? V
  : F extends { type: 'int' }
    ? number
    : F extends { type: 'bool' }
      ? boolean
      : F extends { type: 'list'; of: infer I }
        ? ValueOf<I>[]
        : F extends { type: 'dict'; keys: infer K }
          ? DictOf<K>
          : F extends { type: 'dict' }
            ? Record<string, unknown>
            : F extends { type: 'any' }
              ? unknown
              : string;
type DictOf<K> = { [P in keyof K as K[P] extends { required: true } ? P : never]: ValueOf<K[P]> } & {
  [P in keyof K as K[P] extends { required: true } ? never : P]?: ValueOf<K[P]>;
};

type FieldsOf<R> = R extends Resource<infer F> ? F : never;
type KeysWith<F, Shape> = { [K in keyof F]: F[K] extends Shape ? K : never }[keyof F];
type Flat<T> = { [K in keyof T]: T[K] };

/** A row of the resource's table: every stored field. */
export type RowOf<R> = Flat<{
  [K in Exclude<keyof FieldsOf<R>, KeysWith<FieldsOf<R>, { stored: false }>>]: ValueOf<FieldsOf<R>[K]>;
}>;
/** What an answer holds: every field that is not hidden. */
export type ViewOf<R> = Flat<{
  [K in Exclude<keyof FieldsOf<R>, KeysWith<FieldsOf<R>, { hidden: true }>>]: ValueOf<FieldsOf<R>[K]>;
}>;
/** A create body after parsing: defaults filled in; what was not given and has no default is undefined. */
export type CreateOf<R> = Flat<
  {
    [
      K in keyof FieldsOf<R> as FieldsOf<R>[K] extends
        { create: 'required' } | { create: 'optional'; default: unknown }
        ? K
        : never
    ]: GivenOf<FieldsOf<R>[K]>;
  } & {
    [
      K in keyof FieldsOf<R> as FieldsOf<R>[K] extends { create: 'optional' }
        ? FieldsOf<R>[K] extends { default: unknown }
          ? never
          : K
        : never
    ]?: GivenOf<FieldsOf<R>[K]>;
  }
>;
/** An update body after parsing. */
export type UpdateOf<R> = Flat<{
  [K in keyof FieldsOf<R> as FieldsOf<R>[K] extends { update: true } ? K : never]?: GivenOf<FieldsOf<R>[K]>;
}>;
