// Bodies and queries derived from the declarations: good ones, ones at the edges, bad ones. The same ones for the same seed.
import fc from 'fast-check';
import type { Field, Resource } from '../../server/lib/resource.ts';

/** Where the generator starts; another one by PATCHBAY_TEST_SEED. Tests have it in their names. */
export const seed = Number(process.env.PATCHBAY_TEST_SEED ?? 2015);

/** Names that every object of JavaScript has, and that nobody declared. */
const inheritedNames = ['__proto__', 'constructor', 'toString'];

/** Ids of things that are there, by resource name; and one of nothing. */
export type Ids = Record<string, string[]>;
export const noId = '11111111-2222-3333-4444-555555555555';

/** Values near what a field means: mostly right, sometimes at its edges, seldom of another type. */
function valueFor(field: Field, ids: Ids): fc.Arbitrary<unknown> {
  const right = { weight: 30, arbitrary: rightFor(field, ids) };
  return fc.oneof(
    right,
    { weight: 1, arbitrary: fc.jsonValue() },
    { weight: 1, arbitrary: fc.constant(null) },
  );
}

function rightFor(field: Field, ids: Ids): fc.Arbitrary<unknown> {
  if (field.ref !== undefined && field.type !== 'list')
    return fc.constantFrom(...(ids[field.ref] ?? []), noId);
  switch (field.type) {
    case 'uuid':
      return fc.constantFrom(...Object.values(ids).flat(), noId);
    case 'string':
      if (field.values !== undefined) return fc.constantFrom(...field.values);
      return fc.oneof(
        fc.string(),
        fc.constantFrom(
          '',
          'default',
          'tcp',
          'icmp',
          'IPv6',
          'vlan',
          'flat',
          'physnet2',
          '10.7.0.0/24',
          'fd00:7::/64',
          'compute1',
          'network:router_interface',
          'network:dhcp',
        ),
      );
    case 'int':
      return fc.oneof(
        fc.integer({ min: 0, max: 200 }),
        fc.constantFrom(...(field.values ?? [field.min ?? -1, field.max ?? 2 ** 31, '80', 4094])),
      );
    case 'bool':
      return fc.constantFrom(true, false, 'True', 0);
    case 'ip':
      return fc.oneof(
        fc.ipV4(),
        fc.ipV6(),
        fc.constantFrom('10.0.0.1', '10.0.0.77', '10.0.0.255', '0.0.0.0', '::ffff:10.0.0.1', '10.64.201.9'),
      );
    case 'cidr':
      return fc.constantFrom('10.9.0.0/24', '0.0.0.0/0', '::/0', '10.0.0.1/32', 'fd00:9::/64');
    case 'mac':
      return fc.constantFrom('fa:16:3e:00:00:01', 'ff:ff:ff:ff:ff:ff', '00:00:00:00:00:01');
    case 'list':
      return fc.array(
        field.ref === undefined ? valueFor(field.of, ids) : fc.constantFrom(...(ids[field.ref] ?? [])),
        { maxLength: 3 },
      );
    case 'dict':
      if (field.keys === undefined) return fc.dictionary(fc.string(), fc.jsonValue(), { maxKeys: 3 });
      return fc.record(
        Object.fromEntries(Object.entries(field.keys).map(([key, inner]) => [key, valueFor(inner, ids)])),
        {
          requiredKeys: Object.keys(field.keys).filter(
            (key) => field.type === 'dict' && field.keys?.[key]?.required,
          ),
        },
      );
    case 'time':
    case 'any':
      return fc.jsonValue();
  }
}

/** A body for POST or PUT: what must be there, a few of the other fields, and seldom one that nobody knows. */
export function bodyFor(resource: Resource, ids: Ids, verb: string): fc.Arbitrary<unknown> {
  const settable = Object.entries<Field>(resource.fields)
    .filter(([name]) => name !== resource.parent?.field)
    .filter(([, field]) => (verb === 'POST' ? field.create : field.update));
  const needed = settable.filter(([, field]) => verb === 'POST' && field.create === 'required');
  const free = settable.filter((entry) => !needed.includes(entry));
  return fc
    .subarray(free, { maxLength: Math.min(4, free.length) })
    .chain((some) =>
      fc.record(
        Object.fromEntries([...needed, ...some].map(([name, field]) => [name, valueFor(field, ids)])),
      ),
    )
    .chain((body) =>
      fc.oneof(
        { weight: 30, arbitrary: fc.constant(body) },
        {
          weight: 1,
          arbitrary: fc.constantFrom(...inheritedNames).map((name) => withField({ ...body }, name, {})),
        },
      ),
    );
}

/** A query string for a list: fields and the words of paging, with fitting and odd values, also several times. */
export function queryFor(resource: Resource, ids: Ids): fc.Arbitrary<URLSearchParams> {
  const reserved = ['fields', 'sort_key', 'sort_dir', 'limit', 'marker', 'page_reverse', 'project_id'];
  const names = Object.keys(resource.fields);
  const key = fc.oneof(
    { weight: 10, arbitrary: fc.constantFrom(...names, ...reserved) },
    { weight: 1, arbitrary: fc.string() },
    { weight: 1, arbitrary: fc.constantFrom(...inheritedNames) },
  );
  const words = [
    ...inheritedNames,
    'asc',
    'desc',
    'True',
    '1',
    '0',
    'id',
    'name',
    '',
    'ip_address=10.0.0.1',
    'ip_address_substr=%',
  ];
  const value = fc.oneof(
    fc.string(),
    fc.constantFrom(...words, ...names, ...(ids[resource.name] ?? []), noId),
  );
  return fc
    .array(fc.tuple(key, value), { maxLength: 5 })
    .map((pairs) => new URLSearchParams(pairs.map(([name, given]) => [name, given] as [string, string])));
}

/** A good body with one of its parts left out, replaced by any JSON, or joined by a part that nobody knows. */
export function spoilt(good: unknown): fc.Arbitrary<unknown> {
  const places = pathsOf(good);
  const odd = fc.oneof(
    fc.jsonValue({ maxDepth: 2 }),
    fc.constantFrom(null, '', 'x'.repeat(300), -1, 0, 2 ** 53, '\u0000', {}, [], [null], true, noId),
  );
  const kind = fc.constantFrom('leave out', 'replace', 'replace', 'add', 'keep');
  const unknown = fc.oneof(fc.string(), fc.constantFrom(...inheritedNames));
  return fc.tuple(fc.constantFrom(...places), kind, odd, unknown).map(([path, how, value, name]) => {
    if (how === 'keep') return good;
    if (path.length === 0) return how === 'add' ? withField({ ...(good as object) }, name, value) : value;
    const copy = structuredClone(good);
    const parent = path.slice(0, -1).reduce((at, key) => at[key] as Json, copy as Json);
    const last = path.at(-1)!;
    if (how === 'add') withField(parent, name, value);
    else if (how === 'leave out') delete parent[last];
    else parent[last] = value;
    return copy;
  });
}

/** The object with one more field, of any name: as for JSON.parse, `__proto__` is one like others. */
const withField = (object: object, name: string, value: unknown): object =>
  Object.defineProperty(object, name, { value, enumerable: true, writable: true, configurable: true });

type Json = Record<string, unknown>;

/** Paths to every part of a JSON value, the whole first. */
function pathsOf(value: unknown): string[][] {
  if (typeof value !== 'object' || value === null) return [[]];
  const inner = Object.entries(value).flatMap(([key, part]) => pathsOf(part).map((path) => [key, ...path]));
  return [[], ...inner];
}
