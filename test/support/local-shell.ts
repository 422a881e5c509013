// bash on a pseudo-terminal of this machine, as an engine's exec with a TTY gives it.
import { spawn } from 'node:child_process';
import type { TerminalStream } from '../../server/appliance/http/deps.ts';

export function localShell(cwd = '/'): TerminalStream {
  const child = spawn('script', ['-qfc', 'bash --norc --noprofile', '/dev/null'], { stdio: 'pipe', cwd });
  return {
    onOutput: (listener) => child.stdout.on('data', listener),
    onEnd: (listener) => child.once('exit', () => listener('the shell ended')),
    write: (data) => child.stdin.write(data),
    resize: () => undefined,
    pause: () => child.stdout.pause(),
    resume: () => child.stdout.resume(),
    // once it runs, script holds back a SIGHUP for ever; when it is gone the kernel hangs up the shell's terminal
    close: () => child.kill('SIGKILL'),
  };
}
