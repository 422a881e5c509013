// What does a web server answer, asked from one place?
import { z } from 'zod';
import { commandAt, excerpt, placeName } from '../command-line.ts';
import type { CheckKind } from '../types.ts';

const schema = z.strictObject({
  from: z.string(),
  url: z.string(),
  status: z.int().default(200),
  /** Regular expression the body must match. */
  body: z.string().optional(),
});

export const http: CheckKind<z.infer<typeof schema>> = {
  name: 'http',
  schema,
  places: ({ from }) => [from],
  run: async ({ exec }, { from, url, status, body }) => {
    const argv = ['curl', '-sS', '-m', '3', '-w', '\n%{http_code}', url];
    const { code, stdout, stderr } = await exec(from, argv, { timeoutMs: 6_000 });
    const cut = stdout.lastIndexOf('\n');
    const answered = Number(stdout.slice(cut + 1));
    const text = stdout.slice(0, Math.max(cut, 0));
    const isRight = code === 0 && answered === status && (body === undefined || new RegExp(body).test(text));
    return {
      verdict: isRight ? 'passed' : 'failed',
      observed: code === 0 ? `status ${answered}, body '${excerpt(text)}'` : excerpt(stderr),
      expected: `status ${status} from ${url}${body === undefined ? '' : ` with a body matching '${body}'`}`,
      where: placeName(from),
      command: commandAt(from, ['curl', '-i', url]),
    };
  },
};
