// Request bodies against a closed schema; what does not fit is 400 in Nova's words.
import type { z } from 'zod';
import { badRequest } from './failure.ts';

/** The parsed body; throws badRequest naming the attribute. */
export function parseBody<T extends z.ZodType>(schema: T, body: unknown): z.output<T> {
  const parsed = schema.safeParse(body ?? {});
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0]!;
  const path = issue.path.map(String).join('.') || (issue.code === 'unrecognized_keys' ? 'body' : 'request');
  if (issue.code === 'unrecognized_keys')
    throw badRequest(
      `Additional properties are not allowed (${issue.keys.map((key) => `'${key}'`).join(', ')} was unexpected)`,
    );
  throw badRequest(
    `Invalid input for field/attribute ${path}. Value: ${JSON.stringify(valueAt(body, issue.path))}. ${issue.message}`,
  );
}

const valueAt = (body: unknown, path: readonly PropertyKey[]): unknown =>
  path.reduce<unknown>((value, key) => (value as Record<PropertyKey, unknown> | undefined)?.[key], body);
