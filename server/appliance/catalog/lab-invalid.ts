// The error of a lab that cannot be read: every problem found, each with file, line and field.
import type { Problem } from './types.ts';

/** `labs/x/lab.yaml:3: level: ...`, the form editors and terminals make clickable. */
export function formatProblem({ file, line, field, message }: Problem): string {
  return `${file}:${line}: ${field === '' ? '' : `${field}: `}${message}`;
}

/** Thrown by `readLab`; `problems` has at least one entry. */
export class LabInvalid extends Error {
  readonly problems: Problem[];

  constructor(id: string, problems: Problem[]) {
    super(`Lab '${id}' is not valid.\n${problems.map(formatProblem).join('\n')}`);
    this.name = 'LabInvalid';
    this.problems = problems;
  }
}

/** Thrown when no folder of that name holds a lab. */
export class LabUnknown extends Error {
  constructor(id: string, known: string[], suggestion: string | undefined) {
    const hint = suggestion === undefined ? '' : ` Did you mean '${suggestion}'?`;
    super(`There is no lab '${id}'.${hint} Labs: ${known.join(', ') || 'none'}.`);
    this.name = 'LabUnknown';
  }
}
