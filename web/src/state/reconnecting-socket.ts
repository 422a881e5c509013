// A WebSocket that comes back by itself, for the events and for each terminal.
import { backoffMs } from './backoff.ts';

export type Connection =
  { state: 'connecting' } | { state: 'open' } | { state: 'waiting'; retryAt: number } | { state: 'closed' };

export interface ReconnectingSocket {
  /** Drops nothing silently: false when there is no connection now. */
  send(data: string): boolean;
  /** Connects again now, without waiting. */
  retry(): void;
  /** Drops the connection and makes a new one. */
  restart(): void;
  close(): void;
}

/** @param address asked anew for every connection, so that it can carry how far the last one got */
export function openSocket(options: {
  address: () => string;
  onMessage: (data: string | ArrayBuffer) => void;
  onConnection: (connection: Connection) => void;
}): ReconnectingSocket {
  let socket: WebSocket | undefined;
  let timer: number | undefined;
  let failures = 0;
  let isClosed = false;

  const connect = () => {
    window.clearTimeout(timer);
    options.onConnection({ state: 'connecting' });
    const current = new WebSocket(options.address());
    socket = current;
    current.binaryType = 'arraybuffer';
    current.onopen = () => options.onConnection({ state: 'open' });
    current.onmessage = ({ data }) => {
      failures = 0;
      if (current === socket) options.onMessage(data as string | ArrayBuffer);
    };
    current.onclose = () => {
      if (current !== socket || isClosed) return;
      const wait = backoffMs(++failures);
      options.onConnection({ state: 'waiting', retryAt: Date.now() + wait });
      timer = window.setTimeout(connect, wait);
    };
  };
  // A network that is back, or a laptop opened again, does not wait out its back-off.
  const onOnline = () => socket?.readyState !== WebSocket.OPEN && !isClosed && connect();
  window.addEventListener('online', onOnline);
  connect();

  return {
    send(data) {
      if (socket?.readyState !== WebSocket.OPEN) return false;
      socket.send(data);
      return true;
    },
    retry: () => void onOnline(),
    restart() {
      const old = socket;
      socket = undefined;
      old?.close();
      connect();
    },
    close() {
      isClosed = true;
      window.clearTimeout(timer);
      window.removeEventListener('online', onOnline);
      socket?.close();
      options.onConnection({ state: 'closed' });
    },
  };
}

/** This page's server, for WebSockets. */
export function socketAddress(path: string): string {
  return `${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}${path}`;
}
