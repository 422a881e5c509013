// One terminal on the screen and its socket: output with offsets in, input and size out, the same bytes never drawn twice.
import { FitAddon } from '@xterm/addon-fit';
import { Terminal } from '@xterm/xterm';
import type { TerminalMessage, TerminalRequest } from '../../../server/appliance/http/types.ts';
import { openSocket, socketAddress, type Connection } from '../state/reconnecting-socket.ts';
import { clipboardKeys } from './clipboard-keys.ts';
import { createOutputMeter } from './output-meter.ts';
import type { TerminalLook } from './terminal-look.ts';

export interface LinkView {
  connection: Connection;
  isOwner: boolean;
  ended?: string;
}

export interface TerminalLink {
  /** Types a command as a paste and presses Enter, as soon as the shell has said something. */
  run(text: string): void;
  /** Takes the size of its element, if this window owns the terminal's size. */
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
  onView: (view: LinkView) => void;
}): TerminalLink {
  const terminal = new Terminal({
    ...options.look,
    scrollback: 10_000,
    cursorBlink: false,
    macOptionIsMeta: true,
  });
  const fitting = new FitAddon();
  terminal.loadAddon(fitting);
  terminal.open(options.element);
  terminal.textarea?.setAttribute('aria-label', `Terminal ${options.label}. F6 leaves it.`);
  terminal.textarea?.setAttribute('data-pane-start', '');
  terminal.attachCustomKeyEventHandler(clipboardKeys(terminal));

  const viewer = crypto.randomUUID();
  const meter = createOutputMeter();
  const waiting: string[] = [];
  let view: LinkView = { connection: { state: 'connecting' }, isOwner: false };
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
        if (message.offset !== meter.received()) terminal.reset();
        meter.opened(message.offset, message.replayUntil);
        show({ isOwner: message.isOwner });
        takeSize(message.columns, message.rows);
        return flush();
      case 'size':
        show({ isOwner: message.isOwner });
        return takeSize(message.columns, message.rows);
      case 'gap':
        terminal.reset();
        return meter.opened(message.offset, message.offset);
      case 'ended':
        show({ ended: message.reason });
        return socket.close();
    }
  }

  function takeSize(columns: number, rows: number): void {
    if (!view.isOwner) return terminal.resize(columns, rows);
    const wanted = fitting.proposeDimensions();
    if (options.element.offsetParent === null || wanted === undefined || Number.isNaN(wanted.cols)) return;
    terminal.resize(wanted.cols, wanted.rows);
    if (wanted.cols !== columns || wanted.rows !== rows)
      send({ type: 'resize', columns: wanted.cols, rows: wanted.rows });
  }

  function flush(): void {
    if (meter.isReplaying() || meter.received() === 0 || view.connection.state !== 'open') return;
    for (const text of waiting.splice(0)) {
      terminal.paste(text);
      send({ type: 'input', data: '\r' });
    }
  }

  terminal.onData((data) => {
    // What is replayed may hold questions a program asked long ago; the answers would be typed into the shell.
    if (meter.isReplaying()) return;
    for (let at = 0; at < data.length; at += 32_768)
      send({ type: 'input', data: data.slice(at, at + 32_768) });
  });

  return {
    run(text) {
      waiting.push(text);
      terminal.scrollToBottom();
      flush();
    },
    fit: () => view.isOwner && takeSize(0, 0),
    focus: () => terminal.focus(),
    ownSize: () => void send({ type: 'own-size' }),
    setLook(look) {
      Object.assign(terminal.options, look);
      if (view.isOwner) takeSize(terminal.cols, terminal.rows);
    },
    retry: () => socket.retry(),
    dispose() {
      socket.close();
      terminal.dispose();
    },
  };
}
