// Types commands of the guide into a `neutron` command, the real one or ours, and holds their output to what the guide shows.
import type { ExecResult } from '../../../server/appliance/engine/types.ts';

/** What a command must show, or must not. */
export interface Shown {
  has?: RegExp;
  lacks?: RegExp;
}

export interface Typist {
  /** Types one command; answers with the id its table shows, or ''. What is wrong with it is written down, not thrown. */
  type(argv: readonly string[], shown?: Shown): Promise<string>;
  /** The same with other credentials. */
  typeAs(env: Environment, argv: readonly string[]): Promise<void>;
  /** What the last command wrote. */
  readonly output: string;
  /** Id of a project, which is made where there is none. */
  project(name: string): Promise<string>;
  /** How many commands were typed. */
  readonly typed: number;
  readonly failures: readonly string[];
}

/** What is put over the credentials of an administrator; undefined takes a variable away. */
export type Environment = Record<string, string | undefined>;

/** How a command line is run. */
export type RunNeutron = (argv: string[], env?: Environment) => Promise<ExecResult>;

const idIn = (table: string) => /^\| *id *\| *([0-9a-f-]+) *\|$/m.exec(table)?.[1] ?? '';
const complaintOf = ({ stdout, stderr }: ExecResult) =>
  `${stderr}\n${stdout}`
    .split('\n')
    .find((line) => line.trim() !== '' && !line.includes('CLI is deprecated')) ?? 'no message';

export function createTypist(run: RunNeutron, project: (name: string) => Promise<string>): Typist {
  const failures: string[] = [];
  let typed = 0;
  let output = '';
  const type = async (argv: readonly string[], shown: Shown, env?: Environment) => {
    typed += 1;
    const result = await run([...argv], env);
    output = result.stdout;
    const fail = (why: string) => failures.push(`neutron ${argv.join(' ')}: ${why}`);
    if (result.code !== 0) fail(complaintOf(result));
    else if (shown.has !== undefined && !shown.has.test(output)) fail(`output lacks ${String(shown.has)}`);
    else if (shown.lacks?.test(output)) fail(`output has ${String(shown.lacks)}`);
    return idIn(output);
  };
  return {
    type: (argv, shown = {}) => type(argv, shown),
    typeAs: async (env, argv) => void (await type(argv, {}, env)),
    get output() {
      return output;
    },
    get typed() {
      return typed;
    },
    project,
    failures,
  };
}
