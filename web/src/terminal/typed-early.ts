// What is typed while output from before is drawn again: kept for the program, and told from the emulator's own answers.
import type { Terminal } from '@xterm/xterm';

/** Questions of a program to its terminal (xterm's control sequences: DA, DSR, DECRQM; DECRQSS; colours by number or use). */
const questions = {
  csi: [
    { final: 'c' },
    { prefix: '>', final: 'c' },
    { final: 'n' },
    { prefix: '?', final: 'n' },
    { intermediates: '$', final: 'p' },
    { prefix: '?', intermediates: '$', final: 'p' },
  ],
  dcs: [{ intermediates: '$', final: 'q' }],
  osc: [4, 10, 11, 12],
} as const;

/** Reports of focus come from the page as well as from a program that asks for them; neither was typed. */
const focusReport = /^\x1b\[[IO]$/; // eslint-disable-line no-control-regex -- ESC begins every report

/** Leaves questions unanswered while `isReplaying`: asked long ago, their answers would be typed into the shell. */
export function silenceAnswers(terminal: Terminal, isReplaying: () => boolean): void {
  const { parser } = terminal;
  for (const id of questions.csi) parser.registerCsiHandler(id, isReplaying);
  for (const id of questions.dcs) parser.registerDcsHandler(id, isReplaying);
  for (const number of questions.osc)
    parser.registerOscHandler(number, (data) => isReplaying() && data.includes('?'));
}

export interface TypedEarly {
  /** Whether `data` waits now; false where it is to be sent at once. */
  holds(data: string): boolean;
  /** What waited, in order, when its time has come. */
  take(): string;
}

/** @param mustWait before the first output is there, and while it is drawn again */
export function createTypedEarly(mustWait: () => boolean): TypedEarly {
  let waiting = '';
  return {
    holds(data) {
      if (!mustWait()) return false;
      if (!focusReport.test(data)) waiting += data;
      return true;
    },
    take() {
      if (mustWait()) return '';
      const taken = waiting;
      waiting = '';
      return taken;
    },
  };
}
