// The terminals of a lab page: which tab is in front, and commands on their way to a terminal that is still opening.
import { useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react';
import type { LabState, Place, PlacedCommand } from '../../../server/appliance/http/types.ts';
import { closeTerminal, openTerminal } from '../api.ts';
import type { TerminalLink } from './terminal-link.ts';

export interface TerminalsView {
  /** A terminal's id; none while no terminal is open. */
  front: string | undefined;
  bringToFront(tab: string): void;
  open(place: Place): void;
  close(id: string): void;
  /** Brings the tab before (-1) or after (1) to the front, and the keyboard with it. */
  stepTab(step: number): void;
  /** One more terminal at the place of the one in front. */
  openAnother(): void;
  run(command: PlacedCommand): void;
  /** A terminal was drawn; returns how to say that it is gone. */
  register(id: string, link: TerminalLink): () => void;
}

const startSize = { columns: 100, rows: 30 };

export function useTerminals(lab: LabState, onFailure: (failure: unknown) => void): TerminalsView {
  const [front, setFront] = useState<string>();
  const links = useRef(new Map<string, TerminalLink>());
  const waiting = useRef(new Map<string, string[]>());
  const opening = useRef(new Map<Place, Promise<string>>());
  const latest = useRef(lab);
  latest.current = lab;
  const latestFront = useRef(front);
  latestFront.current = front;

  // One that is hidden takes no focus, and it may be there before it is in front as well as after that.
  const toFocus = useRef<string>(undefined);
  const drawn = useRef<string>(undefined);
  const focusDrawn = useCallback(() => {
    const link = toFocus.current === drawn.current ? links.current.get(toFocus.current ?? '') : undefined;
    if (link === undefined) return;
    toFocus.current = undefined;
    link.focus();
  }, []);
  useLayoutEffect(() => {
    drawn.current = front;
    focusDrawn();
  }, [front, focusDrawn]);

  const openAt = useCallback(async (place: Place): Promise<string> => {
    const { id } = await openTerminal(latest.current.id, { place, ...startSize });
    setFront(id);
    return id;
  }, []);

  // The first look at a ready lab has a terminal in front: one that is open already, or a new one on the first node.
  const isReady = lab.phase === 'ready';
  const isMet = useRef(false);
  useEffect(() => {
    if (!isReady || isMet.current) {
      // Nodes that are made anew have new terminals.
      const [open] = latest.current.terminals;
      if (open === undefined) isMet.current = false;
      else setFront((before) => before ?? open.id);
      return;
    }
    isMet.current = true;
    const { terminals } = latest.current;
    const [node] = latest.current.nodes;
    if (terminals.length > 0)
      setFront((before) => (terminals.find(({ id }) => id === before) ?? terminals[0])!.id);
    else if (node !== undefined) openAt(node.name).catch(onFailure);
  }, [isReady, openAt, onFailure]);

  // The tab in front may end or be closed in another window.
  const ids = lab.terminals.map(({ id }) => id).join(' ');
  const known = useRef<string[]>([]);
  useEffect(() => {
    const now = ids === '' ? [] : ids.split(' ');
    const front = latestFront.current;
    if (front !== undefined && known.current.includes(front) && !now.includes(front)) setFront(now.at(-1));
    known.current = now;
  }, [ids]);

  // These never change, so that a change of tab draws no terminal anew.
  const actions = useMemo<Omit<TerminalsView, 'front'>>(() => {
    const focus = (id: string) => {
      toFocus.current = id;
      focusDrawn();
    };
    const runIn = (id: string, text: string) => {
      const link = links.current.get(id);
      if (link === undefined) waiting.current.set(id, [...(waiting.current.get(id) ?? []), text]);
      else link.run(text);
      focus(id);
    };
    const open = (place: Place) => void openAt(place).then(focus, onFailure);
    return {
      bringToFront(tab) {
        toFocus.current = undefined;
        setFront(tab);
      },
      open,
      stepTab(step) {
        const tabs = latest.current.terminals;
        const at = tabs.findIndex(({ id }) => id === latestFront.current);
        const next = tabs[(at + step + tabs.length) % tabs.length];
        if (next === undefined) return;
        setFront(next.id);
        focus(next.id);
      },
      openAnother() {
        const here = latest.current.terminals.find(({ id }) => id === latestFront.current);
        if (here !== undefined) open(here.place);
      },
      close: (id) => void closeTerminal(latest.current.id, id).catch(onFailure),
      run({ place, text }) {
        const here = latest.current.terminals.filter((terminal) => terminal.place === place);
        const target = here.find(({ id }) => id === latestFront.current) ?? here.at(-1);
        if (target !== undefined) {
          setFront(target.id);
          return runIn(target.id, text);
        }
        const opened =
          opening.current.get(place) ?? openAt(place).finally(() => opening.current.delete(place));
        opening.current.set(place, opened);
        opened.then((id) => runIn(id, text), onFailure);
      },
      register(id, link) {
        links.current.set(id, link);
        for (const text of waiting.current.get(id) ?? []) link.run(text);
        waiting.current.delete(id);
        focusDrawn();
        return () => links.current.delete(id);
      },
    };
  }, [openAt, onFailure, focusDrawn]);
  return { ...actions, front };
}
