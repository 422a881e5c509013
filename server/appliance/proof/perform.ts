// Performs commands across terminals: one lasting shell per place, so variables and directories live on as a learner's do.
import type { LabCommand } from '../catalog/types.ts';
import { createTypist } from './typist.ts';
import type { Typist } from './typist.ts';
import type { ProofLab } from './deps.ts';

/** The first command that did not succeed. */
export interface Failure {
  command: LabCommand;
  code: number | undefined;
  output: string;
}

/** A learner's hands: types into the terminals of one lab. */
export interface Performer {
  /** Types the commands one after the other; stops at the first that fails. */
  perform: (commands: LabCommand[]) => Promise<Failure | undefined>;
  close: () => void;
}

const commandWithinMs = 60_000;

export function createPerformer(openTerminal: ProofLab['openTerminal']): Performer {
  const typists = new Map<string, Typist>();
  let isClosed = false;
  const typistAt = async (place: string): Promise<Typist> => {
    const known = typists.get(place);
    if (known !== undefined) return known;
    const opened = createTypist(await openTerminal(place));
    if (isClosed) {
      opened.close();
      throw new Error(`The terminals were closed before ${place} had one`);
    }
    typists.set(place, opened);
    return opened;
  };
  return {
    perform: async (commands) => {
      for (const command of commands) {
        const typist = await typistAt(command.place);
        const { code, output } = await typist.type(command.text, commandWithinMs);
        if (code === 0) continue;
        typist.close();
        typists.delete(command.place);
        return { command, code, output };
      }
      return undefined;
    },
    close: () => {
      isClosed = true;
      for (const typist of typists.values()) typist.close();
      typists.clear();
    },
  };
}
