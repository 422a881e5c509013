// A terminal's program played by a test: the test writes what it prints and sees what reaches it.
import type { TerminalProcess } from '../../server/appliance/http/deps.ts';

export interface PlayedTerminal {
  process: TerminalProcess;
  /** 'write ls\r', 'resize 80x24', 'pause', 'resume', 'leave', in order. */
  calls: string[];
  /** All that was typed. */
  typed(): string;
  print(text: string, offset?: number): void;
  end(reason: string): void;
}

export function playTerminal(joined: Partial<TerminalProcess> = {}): PlayedTerminal {
  const calls: string[] = [];
  let typed = '';
  let output: (bytes: Buffer, offset?: number) => void = () => {};
  let end: (reason: string) => void = () => {};
  const process: TerminalProcess = {
    ...{ start: 0, end: 0, columns: 100, rows: 30 },
    ...joined,
    leave: () => calls.push('leave'),
    onOutput: (listener) => (output = listener),
    onEnd: (listener) => (end = listener),
    write(data) {
      typed += data;
      calls.push(`write ${data}`);
    },
    resize: (columns, rows) => calls.push(`resize ${columns}x${rows}`),
    pause: () => calls.push('pause'),
    resume: () => calls.push('resume'),
    close: () => end('closed'),
  };
  return {
    process,
    calls,
    typed: () => typed,
    print: (text, offset) => output(Buffer.from(text), offset),
    end: (reason) => end(reason),
  };
}
