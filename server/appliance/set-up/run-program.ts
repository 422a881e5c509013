// Programs of the host that set-up needs (apt-get, debootstrap): by argument list, bounded, with the end of their output.
import { spawn } from 'node:child_process';

/** A program of the host ended badly; the message has its last lines. */
export class ProgramFailed extends Error {
  constructor(argv: string[], reason: string, output: string) {
    super(`'${argv.join(' ')}' ${reason}\n${output.trimEnd().split('\n').slice(-15).join('\n')}`);
    this.name = 'ProgramFailed';
  }
}

/** Runs a program to its end and answers with what it wrote. Throws ProgramFailed when it fails or takes too long. */
export function runProgram(
  argv: string[],
  { timeoutMs, env, cwd }: { timeoutMs: number; env?: Record<string, string>; cwd?: string },
): Promise<string> {
  const [program = '', ...rest] = argv;
  return new Promise((resolve, reject) => {
    let output = '';
    const child = spawn(program, rest, {
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: timeoutMs,
      env: { ...process.env, ...env },
      ...(cwd === undefined ? {} : { cwd }),
    });
    const keep = (bytes: Buffer) => (output = (output + bytes.toString('utf8')).slice(-100_000));
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    child.on('error', (error) => reject(new ProgramFailed(argv, error.message, output)));
    child.on('close', (code, signal) => {
      if (code === 0) resolve(output);
      else
        reject(
          new ProgramFailed(argv, signal ? `was ended by ${signal}` : `ended with code ${code}`, output),
        );
    });
  });
}
