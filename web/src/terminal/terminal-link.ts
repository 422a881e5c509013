// One terminal on the screen and its socket: output with offsets in, input and size out, the same bytes never drawn twice.
import { FitAddon } from '@xterm/addon-fit';
import { SearchAddon, type ISearchDecorationOptions } from '@xterm/addon-search';
import { Terminal } from '@xterm/xterm';
import type { TerminalMessage, TerminalRequest } from '../../../server/appliance/http/types.ts';
import { openSocket, socketAddress, type Connection } from '../state/reconnecting-socket.ts';
import { createOutputMeter } from './output-meter.ts';
import { watchPastes, type HeldPaste } from './pasting.ts';
import { mostMarked, type Found } from './search-count.ts';
import { terminalKeyHandler, type KeyActions } from './terminal-keys.ts';
import type { TerminalLook } from './terminal-look.ts';
import { fittingCells, showScaled, type Cells } from './terminal-size.ts';
import { createTypedEarly, silenceAnswers } from './typed-early.ts';

export interface LinkView {
  connection: Connection;
  isOwner: boolean;
  /** The owner's size. */
  size: Cells;
  /** Bytes of output that were never shown here. */
  lost: number;
  found: Found;
  ended?: string;
}

export interface TerminalLink {
  /** Types a command as a paste and presses Enter, as soon as the shell has said something. */
  run(text: string): void;
  /** Marks what is looked for and goes to one; `as-typed` begins at the end of the output. */
  search(term: string, how: 'as-typed' | 'next' | 'previous'): void;
  endSearch(): void;
  /** What was lost has been read. */
  forgetLost(): void;
  /** Takes the size of its element, or scales the letters where another window owns the terminal's size. */
  fit(): void;
  focus(): void;
  ownSize(): void;
  setLook(look: TerminalLook): void;
  retry(): void;
  dispose(): void;
}

export function createTerminalLink(options: {
  address: string;
  element: HTMLElement;
  label: string;
  look: TerminalLook;
  keys: KeyActions;
  onView: (view: LinkView) => void;
  onHeldPaste: (held: HeldPaste) => void;
}): TerminalLink {
  const { marks: firstMarks, ...look } = options.look;
  const terminal = new Terminal({
    ...look,
    scrollback: 10_000,
    cursorBlink: false,
    macOptionIsMeta: true,
    // the marks of a search are decorations
    allowProposedApi: true,
  });
  const fitting = new FitAddon();
  terminal.loadAddon(fitting);
  const searching = new SearchAddon({ highlightLimit: mostMarked });
  terminal.loadAddon(searching);
  terminal.open(options.element);
  terminal.textarea?.setAttribute('aria-label', `Terminal ${options.label}. F6 leaves it.`);
  terminal.textarea?.setAttribute('data-pane-start', '');
  terminal.attachCustomKeyEventHandler(terminalKeyHandler(terminal, options.keys));
  watchPastes(terminal, options.element, options.onHeldPaste);
  searching.onDidChangeResults(({ resultIndex, resultCount }) =>
    show({ found: { index: resultIndex, count: resultCount } }),
  );

  // The emulator draws nothing while its element is not to be seen, and keeps the measures of its last drawing: given a new
  // size then, it takes the end of the output for somewhere else and stays there. This is told after the emulator is.
  let isSeen = true;
  let isAtEnd = true;
  const watcher = new IntersectionObserver((entries) => {
    const wasSeen = isSeen;
    isSeen = entries.at(-1)!.isIntersecting;
    const { viewportY, baseY } = terminal.buffer.active;
    if (!isSeen) isAtEnd = viewportY === baseY;
    else if (!wasSeen) {
      takeSize(view.size);
      if (isAtEnd) terminal.scrollToBottom();
    }
  });
  watcher.observe(options.element);

  const viewer = crypto.randomUUID();
  const meter = createOutputMeter();
  const waiting: string[] = [];
  let wasOpened = false;
  const early = createTypedEarly(() => !wasOpened || meter.isReplaying());
  silenceAnswers(terminal, () => meter.isReplaying());
  let view: LinkView = {
    connection: { state: 'connecting' },
    isOwner: false,
    size: { columns: terminal.cols, rows: terminal.rows },
    lost: 0,
    found: { index: -1, count: 0 },
  };
  let { fontSize } = look;
  let marks: ISearchDecorationOptions = firstMarks;
  const show = (part: Partial<LinkView>) => options.onView((view = { ...view, ...part }));
  const send = (request: TerminalRequest) => socket.send(JSON.stringify(request));

  const socket = openSocket({
    address: () => socketAddress(`${options.address}?viewer=${viewer}&after=${meter.received()}`),
    onConnection: (connection) => view.ended === undefined && show({ connection }),
    onMessage(data) {
      if (typeof data === 'string') return onMessage(JSON.parse(data) as TerminalMessage);
      const offset = new DataView(data).getFloat64(0);
      const bytes = new Uint8Array(data, 8);
      meter.arrived(offset, bytes.length);
      terminal.write(bytes, () => {
        const acknowledge = meter.drew(offset + bytes.length);
        if (acknowledge !== undefined) send({ type: 'acknowledge', offset: acknowledge });
        flush();
      });
    },
  });

  function onMessage(message: TerminalMessage): void {
    switch (message.type) {
      case 'opened':
        if (message.offset !== meter.received()) skipTo(message.offset);
        meter.opened(message.offset, message.replayUntil);
        wasOpened = true;
        show({ isOwner: message.isOwner });
        takeSize(message);
        return flush();
      case 'size':
        show({ isOwner: message.isOwner });
        return takeSize(message);
      case 'gap':
        skipTo(message.offset);
        return meter.opened(message.offset, message.offset);
      case 'ended':
        show({ ended: message.reason });
        return socket.close();
    }
  }

  function skipTo(offset: number): void {
    terminal.reset();
    // The first connection of a page shows what is kept; nobody saw what came before.
    if (meter.received() > 0) show({ lost: view.lost + Math.max(0, offset - meter.received()) });
  }

  /** @param size what the terminal's process has now */
  function takeSize({ columns, rows }: Cells): void {
    const parts = { terminal, fitting, element: options.element, fontSize };
    show({ size: { columns, rows } });
    if (!view.isOwner) return showScaled(parts, { columns, rows });
    if (!isSeen) return;
    const wanted = fittingCells(parts);
    if (wanted === undefined) return;
    terminal.resize(wanted.columns, wanted.rows);
    if (wanted.columns === columns && wanted.rows === rows) return;
    show({ size: wanted });
    send({ type: 'resize', ...wanted });
  }

  function flush(): void {
    type(early.take());
    if (meter.isReplaying() || meter.received() === 0 || view.connection.state !== 'open') return;
    for (const text of waiting.splice(0)) {
      terminal.paste(text);
      send({ type: 'input', data: '\r' });
    }
  }

  function type(data: string): void {
    for (let at = 0; at < data.length; at += 32_768)
      send({ type: 'input', data: data.slice(at, at + 32_768) });
  }

  terminal.onData((data) => early.holds(data) || type(data));

  return {
    run(text) {
      waiting.push(text);
      terminal.scrollToBottom();
      flush();
    },
    search(term, how) {
      if (term === '') return this.endSearch();
      if (how === 'as-typed') terminal.clearSelection();
      const marking = { decorations: marks };
      if (how === 'next') searching.findNext(term, marking);
      else searching.findPrevious(term, marking);
    },
    endSearch() {
      searching.clearDecorations();
      terminal.clearSelection();
      show({ found: { index: -1, count: 0 } });
    },
    forgetLost: () => show({ lost: 0 }),
    fit: () => takeSize(view.size),
    focus: () => terminal.focus(),
    ownSize: () => void send({ type: 'own-size' }),
    setLook({ marks: newMarks, ...look }) {
      marks = newMarks;
      fontSize = look.fontSize;
      Object.assign(terminal.options, look);
      takeSize(view.size);
    },
    retry: () => socket.retry(),
    dispose() {
      watcher.disconnect();
      socket.close();
      terminal.dispose();
    },
  };
}
