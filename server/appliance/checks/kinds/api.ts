// Asks the cloud's API and looks at one value of the answer.
import { z } from 'zod';
import { excerpt } from '../command-line.ts';
import type { CheckKind, ServiceName } from '../types.ts';

const scalar = z.union([z.string(), z.number(), z.boolean(), z.null()]);
const schema = z.strictObject({
  service: z.enum(['identity', 'network', 'compute', 'image']).default('network'),
  /** Path and query of a GET; without the version prefix. */
  get: z.string(),
  /** Dotted path into the answer, such as networks.0.name; `*` stands for every element of a list. */
  at: z.string(),
  equals: scalar.optional(),
  matches: z.string().optional(),
  /** The list at `at` has this value among its elements. */
  contains: scalar.optional(),
  count: z.int().optional(),
  command: z.string().optional(),
});

const versions: Record<ServiceName, string> = {
  identity: '/v3',
  network: '/v2.0',
  compute: '/v2.1',
  image: '/v2',
};

export const api: CheckKind<z.infer<typeof schema>> = {
  name: 'api',
  schema,
  // what was typed is there at once or never; agents, schedulers and instances take their time
  within: (args) =>
    /status|state|host|agents|binding|\{(port|server|floatingip):/.test(JSON.stringify(args)) ? 10 : 2,
  run: async ({ get }, args) => {
    const { status, body } = await get(args.service, `${versions[args.service]}${args.get}`);
    const value = status < 400 ? valueAt(body, args.at) : undefined;
    const isRight = status < 400 && holds(value, args);
    return {
      verdict: isRight ? 'passed' : 'failed',
      observed: status < 400 ? observation(value, args) : `the API answers ${status}`,
      expected: expectation(args),
      where: `the ${args.service} API`,
      command: { place: 'controller', text: args.command ?? listCommand(args.service, args.get) },
      ...(isRight && args.count === 0 ? { isAbsence: true as const } : {}),
      ...(value === undefined
        ? { unasked: status < 400 ? `the answer has no ${args.at}` : `the API answers ${status}` }
        : {}),
    };
  },
};

/** Value at a dotted path; `*` collects the rest of the path from every element. */
export function valueAt(body: unknown, path: string): unknown {
  const [first, ...rest] = path.split('.');
  if (first === undefined || first === '') return body;
  if (first === '*')
    return Array.isArray(body) ? body.map((item) => valueAt(item, rest.join('.'))) : undefined;
  const next = (body as Record<string, unknown> | null | undefined)?.[first];
  return rest.length === 0 ? next : valueAt(next, rest.join('.'));
}

type Wanted = Pick<z.infer<typeof schema>, 'equals' | 'matches' | 'contains' | 'count'>;

function holds(value: unknown, { equals, matches, contains, count }: Wanted): boolean {
  if (equals !== undefined && !isSame(value, equals)) return false;
  if (matches !== undefined && !new RegExp(matches).test(String(value))) return false;
  if (contains !== undefined && !(Array.isArray(value) && value.some((item) => isSame(item, contains))))
    return false;
  if (count !== undefined && !(Array.isArray(value) && value.length === count)) return false;
  return value !== undefined;
}

// placeholders are text; the API's numbers and booleans are not
function isSame(value: unknown, wanted: unknown): boolean {
  return value === wanted || (value !== null && value !== undefined && String(value) === String(wanted));
}

function expectation({ at, equals, matches, contains, count }: Wanted & { at: string }): string {
  if (equals !== undefined) return `${at} is ${show(equals)}`;
  if (contains !== undefined) return `${at} contains ${show(contains)}`;
  if (matches !== undefined) return `${at} matches '${matches}'`;
  return count === undefined ? `${at} is there` : `${count} at ${at}`;
}

function observation(value: unknown, { at, count }: Wanted & { at: string }): string {
  if (count !== undefined && Array.isArray(value)) return `${value.length} at ${at}`;
  return `${at} is ${excerpt(show(value))}`;
}

function show(value: unknown): string {
  return value === undefined ? 'missing' : typeof value === 'string' ? value : JSON.stringify(value);
}

function listCommand(service: ServiceName, path: string): string {
  const collection = /^\/([a-z-]+)/.exec(path)?.[1] ?? '';
  const singular = collection.replace(/s$/, '');
  if (service === 'network') return `neutron ${singular.replace('network', 'net')}-list`;
  if (service === 'compute') return collection === 'servers' ? 'nova list' : `nova ${singular}-list`;
  return service === 'image' ? 'nova image-list' : `keystone ${singular.replace('project', 'tenant')}-list`;
}
