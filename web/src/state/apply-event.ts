// Console state after an event. Pure; a gap in the numbers throws, so that the socket starts over with a snapshot.
import type {
  ConsoleEvent,
  ConsoleState,
  LabChange,
  LabState,
} from '../../../server/appliance/http/types.ts';

export interface NumberedState {
  sequence: number;
  state: ConsoleState;
}

/** Thrown when an event was lost on the way. */
export class EventLost extends Error {}

export function applyEvent(before: NumberedState | undefined, event: ConsoleEvent): NumberedState {
  if (event.type === 'snapshot') return { sequence: event.sequence, state: event.state };
  if (before === undefined || event.sequence !== before.sequence + 1)
    throw new EventLost(`event ${event.sequence} came after ${before?.sequence ?? 'nothing'}`);
  if (event.type === 'catalog')
    return { sequence: event.sequence, state: { ...before.state, warm: event.warm } };
  return {
    sequence: event.sequence,
    state: { ...before.state, labs: changeLabs(before.state.labs, event.change) },
  };
}

function changeLabs(labs: LabState[], change: LabChange): LabState[] {
  switch (change.kind) {
    case 'lab-added':
      return [...labs.filter(({ id }) => id !== change.lab.id), change.lab];
    case 'lab-removed':
      return labs.filter(({ id }) => id !== change.lab);
    case 'head':
      // A head replaces all its fields: what it no longer names (a problem, what is being done) is over.
      return update(labs, change.lab, ({ nodes, steps, instances, terminals, plumbing }) => ({
        ...change.head,
        nodes,
        steps,
        instances,
        terminals,
        ...(plumbing === undefined ? {} : { plumbing }),
      }));
    case 'node':
      return update(labs, change.lab, (lab) => ({
        ...lab,
        nodes: replaced(lab.nodes, change.node, ({ name }) => name === change.node.name),
      }));
    case 'step':
      return update(labs, change.lab, (lab) => ({
        ...lab,
        steps: replaced(lab.steps, change.step, ({ number }) => number === change.step.number),
      }));
    case 'instances':
      return update(labs, change.lab, (lab) => ({ ...lab, instances: change.instances }));
    case 'terminals':
      return update(labs, change.lab, (lab) => ({ ...lab, terminals: change.terminals }));
    case 'plumbing':
      return update(labs, change.lab, (lab) => {
        const others = (lab.plumbing ?? []).filter(({ node }) => node !== change.node);
        const now = change.plumbing === undefined ? others : [...others, change.plumbing];
        return { ...lab, plumbing: now.sort((a, b) => (a.node < b.node ? -1 : 1)) };
      });
  }
}

const update = (labs: LabState[], id: string, change: (lab: LabState) => LabState) =>
  labs.map((lab) => (lab.id === id ? change(lab) : lab));

function replaced<T>(all: T[], one: T, isSame: (other: T) => boolean): T[] {
  return all.some(isSame) ? all.map((other) => (isSame(other) ? one : other)) : [...all, one];
}
