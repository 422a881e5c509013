// What a check kind is given and what it answers.
import type { z } from 'zod';
import type { Verdict } from '../http/types.ts';

/** What a command did; a command that could not be started at all is a `LabBroken`. */
export interface ExecResult {
  code: number;
  stdout: string;
  stderr: string;
  /** It was ended because its time was up. */
  isTimedOut?: boolean;
}

export interface ExecOptions {
  /** Milliseconds; 10,000 unless told otherwise. */
  timeoutMs?: number;
  stdin?: string;
}

/**
 * Runs an argument list at a place of the lab: a node (`network`), an instance (`vm:vm01`) or a namespace
 * (`netns:network:qrouter-...`). Throws LabBroken when the place cannot run anything.
 */
export type Exec = (target: string, argv: string[], options?: ExecOptions) => Promise<ExecResult>;

export type ServiceName = 'identity' | 'network' | 'compute' | 'image';

/** Asks the cloud's own API, as an administrator. Throws LabBroken when it does not answer. */
export type ApiGet = (service: ServiceName, path: string) => Promise<{ status: number; body: unknown }>;

export interface CheckContext {
  exec: Exec;
  get: ApiGet;
}

/** A verdict and its four parts: what is there, what should be, where to look, one command to see it. */
export interface CheckResult {
  verdict: Verdict;
  observed: string;
  expected: string;
  where: string;
  command: { place: string; text: string };
}

/** What one look of a kind found. */
export interface Look extends CheckResult {
  /**
   * With a failure: why it does not prove that the thing is absent, such as a probe that could not be sent. `not:` takes a
   * failure without this for a proof, and one with it for a failure with this reason.
   */
  unasked?: string;
  /** It passed because something was not there, which a broken lab would look like too. */
  isAbsence?: true;
}

/** One kind of check: a schema for its arguments and a function that looks once, without changing anything. */
export interface CheckKind<Args = never> {
  name: string;
  schema: z.ZodType<Args>;
  /** Seconds to converge where the check does not say; 10 unless told. */
  within?: (args: Args) => number;
  /** Places named by the arguments, for the linter. */
  places?: (args: Args) => string[];
  run: (context: CheckContext, args: Args) => Promise<Look>;
}

/** The lab, not the learner, is at fault: a node is gone, a daemon or an API is dead. */
export class LabBroken extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'LabBroken';
  }
}

/** A name in a check that the cloud does not know (yet): the check fails with these words. */
export class NameNotFound extends Error {
  readonly result: Omit<CheckResult, 'verdict'>;

  constructor(result: Omit<CheckResult, 'verdict'>) {
    super(result.observed);
    this.name = 'NameNotFound';
    this.result = result;
  }
}
