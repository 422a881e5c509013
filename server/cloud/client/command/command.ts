// What a command of the `neutron`, `nova` and `keystone` programs is: its words, and what it does with them.
import type { Session } from '../session.ts';
import type { Result } from './output.ts';

export interface CommandOption {
  /** What stands for the value in the help; absent: the option has no value. */
  value?: string;
  /** May be given several times; all values are kept. */
  many?: true;
  /** The value may be left out, which means `True`. */
  bool?: true;
  help?: string;
}

export interface Positional {
  /** As shown in the help: `NETWORK`. */
  name: string;
  optional?: true;
  /** Takes all that is left. */
  many?: true;
  help?: string;
}

export interface Given {
  /** By name as declared; an optional one that was not given is undefined. */
  positional: readonly string[];
  /** Values of declared options, by their name without dashes in front; switches give `true`. */
  options: Readonly<Record<string, string | true | readonly string[] | undefined>>;
  /** Options that nobody declared, as attributes: strings, booleans, lists, dicts. */
  extra: Readonly<Record<string, unknown>>;
  /** Columns asked for, which a list may use to ask the server for less. */
  columns: readonly string[];
  /** `-D`: everything there is. */
  isDetailed: boolean;
}

export interface Command {
  /** `net-create` */
  name: string;
  help: string;
  positional?: readonly Positional[];
  /** Declared options by name, dashes between words. */
  options?: Readonly<Record<string, CommandOption>>;
  /** Options that nobody declared become attributes or filters instead of an error. */
  takesExtra?: true;
  /** Whether -f, -c and -F mean something. */
  prints: 'list' | 'show' | 'message';
  /** Does it; throws ApiFailure or an Error with a sentence. */
  run(given: Given, session: Session): Promise<Result>;
}

/** The first value of an option, undefined when it was not given or is a switch. */
export function valueOf(given: Given, option: string): string | undefined {
  const value = given.options[option];
  return typeof value === 'string'
    ? value
    : Array.isArray(value)
      ? (value[0] as string | undefined)
      : undefined;
}

/** All values of an option that may be given several times. */
export function valuesOf(given: Given, option: string): readonly string[] {
  const value = given.options[option];
  return typeof value === 'string' ? [value] : Array.isArray(value) ? (value as readonly string[]) : [];
}
