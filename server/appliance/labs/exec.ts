// Commands and terminals in a lab's nodes, by the names people use.
import type { Engine } from '../engine/engine.ts';
import type { ExecOptions, ExecResult, Terminal } from '../engine/types.ts';
import { containerName } from './names.ts';

/** Runs an argument list in a node; see ExecResult for a command that took too long. */
export const exec = (
  engine: Engine,
  lab: string,
  node: string,
  argv: string[],
  options?: ExecOptions,
): Promise<ExecResult> => engine.exec(containerName(lab, node), argv, options);

/** Starts an argument list on a terminal in a node; `['bash', '-l']` is a shell. */
export const openTerminal = (
  engine: Engine,
  lab: string,
  node: string,
  argv: string[],
  size: { cols: number; rows: number },
  env?: Record<string, string>,
): Promise<Terminal> => engine.openTerminal(containerName(lab, node), argv, size, env);
