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
    const argv = ['curl', '-sS', '-v', '-m', '3', '-w', '\n%{http_code}', url];
    const { code, stdout, stderr } = await exec(from, argv, { timeoutMs: 6_000 });
    const cut = stdout.lastIndexOf('\n');
    const answered = Number(stdout.slice(cut + 1));
    const text = stdout.slice(0, Math.max(cut, 0));
    const failure = excerpt(/^curl: .*$/m.exec(stderr)?.[0] ?? stderr);
    const isRight = code === 0 && answered === status && (body === undefined || new RegExp(body).test(text));
    return {
      verdict: isRight ? 'passed' : 'failed',
      observed: code === 0 ? `status ${answered}, body '${excerpt(text)}'` : failure,
      expected: `status ${status} from ${url}${body === undefined ? '' : ` with a body matching '${body}'`}`,
      where: placeName(from),
      command: commandAt(from, ['curl', '-i', url]),
      ...(couldNotAsk(code, stderr) ? { unasked: `${placeName(from)} could not ask: ${failure}` } : {}),
    };
  },
};

/** curl found no way to ask: a wrong URL, a name without address, no route. Refusals and silence are answers. */
function couldNotAsk(code: number, stderr: string): boolean {
  return ![0, 7, 28, 52, 56].includes(code) || stderr.includes('Network is unreachable');
}
