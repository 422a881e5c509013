// Runs one command to its end: the only way server code starts a short-lived process. Argument arrays, no shell.
import { spawn } from 'node:child_process';

/** A command that could not be started, ran too long or ended with a code that was not expected. */
export class CommandFailed extends Error {
  readonly argv: readonly string[];
  /** Exit code; 127 when the program is missing, 124 when it ran out of time, -1 when a signal ended it. */
  readonly code: number;
  readonly stderr: string;

  constructor(argv: readonly string[], code: number, stderr: string) {
    super(
      `Command '${argv.slice(0, 12).join(' ')}' failed with code ${code}: ${stderr.trim().slice(0, 2000)}`,
    );
    this.name = 'CommandFailed';
    this.argv = argv;
    this.code = code;
    this.stderr = stderr;
  }
}

export interface RunOptions {
  /** Text written to the command's standard input, which is then closed. */
  stdin?: string;
  timeoutMs?: number;
  /** Exit codes that are not an error. */
  okCodes?: readonly number[];
  env?: Record<string, string>;
  cwd?: string;
}

export interface RunResult {
  stdout: string;
  stderr: string;
  code: number;
}

type CommandListener = (argv: readonly string[], code: number, milliseconds: number) => void;
const listeners = new Set<CommandListener>();

/** Tells `listener` of every command after it ended (for the debug log); returns how to stop. Input is never told. */
export function observeCommands(listener: CommandListener): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Runs `argv` and resolves with its output; rejects with {@link CommandFailed}. At most 64 MiB of output are kept. */
export function run(argv: readonly string[], options: RunOptions = {}): Promise<RunResult> {
  const { timeoutMs = 30_000, okCodes = [0] } = options;
  const started = performance.now();
  return new Promise((resolve, reject) => {
    const child = spawn(argv[0] ?? '', argv.slice(1), {
      stdio: ['pipe', 'pipe', 'pipe'],
      env: options.env ? { ...process.env, ...options.env } : process.env,
      ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    });
    const stdout = collect(child.stdout);
    const stderr = collect(child.stderr);
    let timedOut = false;
    const timer = setTimeout(() => {
      timedOut = true;
      child.kill('SIGKILL');
    }, timeoutMs);
    const end = (code: number, stderrText: string) => {
      clearTimeout(timer);
      for (const listener of listeners) listener(argv, code, performance.now() - started);
      if (okCodes.includes(code)) resolve({ stdout: stdout(), stderr: stderrText, code });
      else reject(new CommandFailed(argv, code, stderrText));
    };
    child.on('error', (error: NodeJS.ErrnoException) =>
      end(127, error.code === 'ENOENT' ? `${argv[0]}: command not found` : error.message),
    );
    child.on('close', (code, signal) => {
      if (timedOut) end(124, `no end within ${timeoutMs} ms\n${stderr()}`);
      else end(code ?? -1, signal ? `ended by ${signal}\n${stderr()}` : stderr());
    });
    // A command may end without reading its input; its exit code tells the rest.
    child.stdin.on('error', () => undefined);
    child.stdin.end(options.stdin ?? '');
  });
}

const keptBytes = 64 * 1024 * 1024;

function collect(stream: NodeJS.ReadableStream): () => string {
  const chunks: Buffer[] = [];
  let size = 0;
  stream.on('data', (chunk: Buffer) => {
    size += chunk.length;
    if (size <= keptBytes) chunks.push(chunk);
  });
  return () => Buffer.concat(chunks).toString('utf8');
}
