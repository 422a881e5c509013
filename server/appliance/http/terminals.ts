// Every open terminal of every lab, by lab and id; the tabs a browser finds again after a reload.
import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { LabService, TerminalProcess } from './deps.ts';
import { createTerminalSession, type TerminalSession } from './terminal-session.ts';
import type { OpenTerminal, TerminalState } from './types.ts';

/** More terminals than a learner can look at; a bound against a page that opens them in a loop. */
const mostPerLab = 40;

interface OpenOne {
  state: TerminalState;
  session: TerminalSession;
}

/** A node whose terminals cannot be joined within this time keeps nobody from the console. */
const joinWithinMs = 8_000;

export interface Terminals {
  list(lab: string): TerminalState[];
  /** Starts a process at a place; throws what the place answers. */
  open(lab: string, wanted: OpenTerminal): Promise<TerminalState>;
  /** Finds the terminals that an appliance before this one opened, with what they wrote meanwhile. */
  join(labs: string[]): Promise<void>;
  find(lab: string, id: string): TerminalSession | undefined;
  close(lab: string, id: string): boolean;
  /** Ends the terminals of a lab that is gone; whoever looks at them reads the reason. */
  closeAll(lab: string, reason?: string): void;
  /** Lets go of all terminals; their programs go on. */
  leaveAll(): void;
}

/** @param onChange called with a lab's id when its list of terminals has changed */
export function createTerminals(
  labs: LabService,
  onChange: (lab: string) => void,
  log: { error(message: string): void },
): Terminals {
  const byLab = new Map<string, Map<string, OpenOne>>();
  const openIn = (lab: string) => {
    const open = byLab.get(lab) ?? new Map<string, OpenOne>();
    byLab.set(lab, open);
    return open;
  };
  const keep = (lab: string, state: TerminalState, process: TerminalProcess) => {
    const open = openIn(lab);
    const onEnd = () => {
      if (open.delete(state.id)) onChange(lab);
    };
    const session = createTerminalSession({ process, onEnd });
    open.set(state.id, { state, session });
    onChange(lab);
    return session;
  };
  const joinLab = async (lab: string) => {
    const found = await labs.joinTerminals(lab);
    await Promise.all(found.map(({ state, process }) => keep(lab, state, process).isWhole));
  };

  return {
    list: (lab) => [...(byLab.get(lab)?.values() ?? [])].map(({ state }) => state),
    async open(lab, { place, columns, rows }) {
      const open = openIn(lab);
      if (open.size >= mostPerLab)
        throw new Error(`This lab has ${mostPerLab} terminals open already. Close one and try again.`);
      const taken = [...open.values()].map((one) => one.state.title);
      const state = { id: randomBytes(8).toString('hex'), place, title: freeTitle(place, taken) };
      keep(lab, state, await labs.openTerminal(lab, state, { columns, rows }));
      return state;
    },
    async join(names) {
      const late = delay(joinWithinMs, undefined, { ref: false });
      const joined = names.map((lab) =>
        joinLab(lab).catch((error: unknown) =>
          log.error(`The terminals of lab ${lab} are not found again: ${String(error)}`),
        ),
      );
      await Promise.race([Promise.all(joined), late]);
    },
    find: (lab, id) => byLab.get(lab)?.get(id)?.session,
    close(lab, id) {
      const one = byLab.get(lab)?.get(id);
      one?.session.close();
      return one !== undefined;
    },
    closeAll(lab, reason) {
      for (const { session } of [...(byLab.get(lab)?.values() ?? [])]) session.close(reason);
      byLab.delete(lab);
    },
    leaveAll() {
      for (const open of byLab.values()) for (const { session } of open.values()) session.leave();
      byLab.clear();
    },
  };
}

/** 'vm:vm01' reads 'vm01', 'netns:network:qrouter-1f2e...' 'qrouter-1f2e on network'; a second one 'vm01 2'. */
export function freeTitle(place: string, taken: string[]): string {
  const [kind, node = '', namespace = ''] = place.split(':');
  const short = namespace.replace(/^([a-z]+-[0-9a-f]{4})[0-9a-f]{4}-[0-9a-f-]+$/, '$1');
  const name = kind === 'netns' ? `${short} on ${node}` : place.replace(/^vm:/, '');
  let title = name;
  for (let count = 2; taken.includes(title); count++) title = `${name} ${count}`;
  return title;
}
