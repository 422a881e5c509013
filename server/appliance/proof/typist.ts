// Types commands into a terminal as a learner does, and learns from a mark behind each when it ended and how.
import type { TerminalStream } from '../http/deps.ts';

export interface Typed {
  /** Undefined when the command did not end in time or the terminal did. */
  code: number | undefined;
  /** What the terminal showed, without colours and marks. */
  output: string;
}

/** One shell in one terminal. */
export interface Typist {
  type: (command: string, timeoutMs: number) => Promise<Typed>;
  close: () => void;
}

export function createTypist(terminal: TerminalStream): Typist {
  let output = '';
  let endReason: string | undefined;
  let count = 0;
  let wake: () => void = () => undefined;
  terminal.onOutput((bytes) => {
    output += bytes.toString('utf8');
    wake();
  });
  terminal.onEnd((reason) => {
    endReason = reason;
    wake();
  });
  return {
    type: (command, timeoutMs) =>
      new Promise((resolve) => {
        const mark = `end-of-${++count}`;
        const begin = output.length;
        const timer = setTimeout(() => finish(undefined), timeoutMs);
        const finish = (code: number | undefined) => {
          clearTimeout(timer);
          wake = () => undefined;
          const reason = code === undefined ? (endReason ?? `not over after ${timeoutMs / 1000} s`) : '';
          resolve({ code, output: `${readable(output.slice(begin), mark)}${reason}`.trim() });
        };
        wake = () => {
          const match = new RegExp(`<${mark}:(\\d+)>`).exec(output.slice(begin));
          if (match !== null) finish(Number(match[1]));
          else if (endReason !== undefined) finish(undefined);
        };
        // the mark is typed in two pieces, so that its echo is not taken for it
        terminal.write(`${command}\n printf '<%s%s:%s>\\n' end -of-${count} $?\n`);
        wake();
      }),
    close: () => terminal.close(),
  };
}

/** Terminal output as plain lines: no escape sequences, no marks, no echo of the marks. */
export function readable(text: string, mark: string): string {
  return (
    text
      // eslint-disable-next-line no-control-regex
      .replace(/\u001b\][^\u0007]*\u0007|\u001b\[[0-9;?]*[A-Za-z]|\u001b[=>]/g, '')
      .replaceAll('\r', '')
      .split('\n')
      .filter((line) => !line.includes(`<${mark}:`) && !line.includes("printf '<%s%s:%s>"))
      .join('\n')
  );
}
