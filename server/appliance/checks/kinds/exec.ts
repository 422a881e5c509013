// Runs a command that only looks, and compares exit code and output.
import { z } from 'zod';
import { commandAt, excerpt, placeName } from '../command-line.ts';
import type { CheckKind } from '../types.ts';

const schema = z.strictObject({
  on: z.string(),
  argv: z.array(z.coerce.string()).min(1),
  code: z.int().default(0),
  /** Regular expression (multi-line) that the output must match. */
  stdout: z.string().optional(),
  /** What the learner reads as expected; the pattern itself unless given. */
  expected: z.string().optional(),
});

export const exec: CheckKind<z.infer<typeof schema>> = {
  name: 'exec',
  schema,
  places: ({ on }) => [on],
  run: async (context, { on, argv, code, stdout, expected }) => {
    const seen = await context.exec(on, argv);
    const isRight = seen.code === code && (stdout === undefined || new RegExp(stdout, 'm').test(seen.stdout));
    // without the right exit code its output was not there to be judged
    const isTold = seen.isTimedOut !== true && (stdout === undefined || seen.code === code);
    const output = excerpt(seen.stdout.trim() === '' ? seen.stderr : seen.stdout);
    return {
      verdict: isRight ? 'passed' : 'failed',
      observed: `${output === '' ? 'no output' : output}${seen.code === code ? '' : ` (exit code ${seen.code})`}`,
      expected: expected ?? (stdout === undefined ? `exit code ${code}` : `output matching '${stdout}'`),
      where: placeName(on),
      command: commandAt(on, argv),
      ...(isTold ? {} : { unasked: `${argv[0]} ended with code ${seen.code}: ${output}` }),
    };
  },
};
