// Every open terminal of every lab, by lab and id; the tabs a browser finds again after a reload.
import { randomBytes } from 'node:crypto';
import type { LabService } from './deps.ts';
import { createTerminalSession, type TerminalSession } from './terminal-session.ts';
import type { OpenTerminal, TerminalState } from './types.ts';

/** More terminals than a learner can look at; a bound against a page that opens them in a loop. */
const mostPerLab = 40;

interface OpenOne {
  state: TerminalState;
  session: TerminalSession;
}

export interface Terminals {
  list(lab: string): TerminalState[];
  /** Starts a process at a place; throws what the place answers. */
  open(lab: string, wanted: OpenTerminal): Promise<TerminalState>;
  find(lab: string, id: string): TerminalSession | undefined;
  close(lab: string, id: string): boolean;
  /** Ends the terminals of a lab that is gone, or of all. */
  closeAll(lab?: string): void;
}

/** @param onChange called with a lab's id when its list of terminals has changed */
export function createTerminals(labs: LabService, onChange: (lab: string) => void): Terminals {
  const byLab = new Map<string, Map<string, OpenOne>>();

  return {
    list: (lab) => [...(byLab.get(lab)?.values() ?? [])].map(({ state }) => state),
    async open(lab, { place, columns, rows }) {
      const open = byLab.get(lab) ?? new Map<string, OpenOne>();
      byLab.set(lab, open);
      if (open.size >= mostPerLab)
        throw new Error(`This lab has ${mostPerLab} terminals open already. Close one and try again.`);
      const stream = await labs.openTerminal(lab, place, { columns, rows });
      const id = randomBytes(8).toString('hex');
      const state = {
        id,
        place,
        title: freeTitle(
          place,
          [...open.values()].map((one) => one.state.title),
        ),
      };
      const onEnd = () => {
        if (open.delete(id)) onChange(lab);
      };
      open.set(id, { state, session: createTerminalSession({ stream, columns, rows, onEnd }) });
      onChange(lab);
      return state;
    },
    find: (lab, id) => byLab.get(lab)?.get(id)?.session,
    close(lab, id) {
      const one = byLab.get(lab)?.get(id);
      one?.session.close();
      return one !== undefined;
    },
    closeAll(lab) {
      for (const [name, open] of byLab) {
        if (lab !== undefined && name !== lab) continue;
        for (const { session } of [...open.values()]) session.close();
        byLab.delete(name);
      }
    },
  };
}

/** 'vm:vm01' reads 'vm01'; a second one 'vm01 2'. */
export function freeTitle(place: string, taken: string[]): string {
  const name = place.replace(/^vm:/, '');
  let title = name;
  for (let count = 2; taken.includes(title); count++) title = `${name} ${count}`;
  return title;
}
