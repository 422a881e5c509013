// The two kinds of WebSocket: one for events, one for each terminal. Upgrades pass the guard before anything else.
import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer, type WebSocket } from 'ws';
import { z } from 'zod';
import type { EventHub } from './event-hub.ts';
import type { Guard } from './guard.ts';
import type { Terminals } from './terminals.ts';
import type { ConsoleEvent, TerminalMessage } from './types.ts';

const heartbeatMs = 20_000;
/** A browser this far behind in reading events has gone away. */
const mostBehindBytes = 8 * 1024 * 1024;

const terminalRequest = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('input'), data: z.string().max(256 * 1024) }),
  z.strictObject({
    type: z.literal('resize'),
    columns: z.int().min(2).max(1000),
    rows: z.int().min(1).max(1000),
  }),
  z.strictObject({ type: z.literal('acknowledge'), offset: z.int().min(0) }),
  z.strictObject({ type: z.literal('own-size') }),
]);

interface Parts {
  hub: EventHub;
  terminals: Terminals;
  /** Whether a lab is a learner's own. */
  mayReach(learner: string, lab: string): boolean;
}

/** Serves WebSockets on `server`; returns how to stop. */
export function serveSockets(
  server: Server,
  { guard, hub, terminals, mayReach }: Parts & { guard: Guard },
): () => void {
  const sockets = new WebSocketServer({ noServer: true, maxPayload: 512 * 1024 });
  const alive = new WeakSet<WebSocket>();

  const onUpgrade = (request: IncomingMessage, connection: Duplex, head: Buffer) => {
    const admission = guard.admit(request);
    if (!('learner' in admission)) return refuse(connection, admission.status, admission.detail);
    const serve = handlerOf(request.url ?? '', admission.learner, { hub, terminals, mayReach });
    if (serve === undefined)
      return refuse(connection, 404, 'There is nothing to connect to at this address.');
    sockets.handleUpgrade(request, connection, head, (socket) => {
      alive.add(socket);
      socket.on('pong', () => alive.add(socket));
      socket.on('error', () => socket.terminate());
      serve(socket);
    });
  };
  server.on('upgrade', onUpgrade);

  // A laptop that went to sleep says no goodbye; without this its terminals keep their size owner for ever.
  const heartbeat = setInterval(() => {
    for (const socket of sockets.clients) {
      if (!alive.delete(socket)) socket.terminate();
      else socket.ping();
    }
  }, heartbeatMs);

  return () => {
    clearInterval(heartbeat);
    server.off('upgrade', onUpgrade);
    for (const socket of sockets.clients) socket.terminate();
    sockets.close();
  };
}

function handlerOf(
  url: string,
  learner: string,
  { hub, terminals, mayReach }: Parts,
): ((socket: WebSocket) => void) | undefined {
  const { pathname, searchParams } = new URL(url, 'http://console');
  if (pathname === '/api/events') return (socket) => serveEvents(socket, (send) => hub.attach(learner, send));
  const [, lab, id] = /^\/api\/labs\/([^/]+)\/terminals\/([^/]+)$/.exec(pathname) ?? [];
  if (lab === undefined || id === undefined) return undefined;
  const name = nameOf(lab);
  if (name === undefined || !mayReach(learner, name)) return undefined;
  const session = terminals.find(name, id);
  if (session === undefined) return undefined;
  const viewer = searchParams.get('viewer') ?? '';
  const after = Number(searchParams.get('after') ?? 0);
  return (socket) => {
    const { request, detach } = session.attach(
      {
        id: viewer,
        send: (message: TerminalMessage) => socket.send(JSON.stringify(message)),
        sendOutput: (offset, bytes) => socket.send(outputFrame(offset, bytes)),
        drop: () => socket.close(1000),
      },
      Number.isSafeInteger(after) ? after : 0,
    );
    socket.on('close', detach);
    socket.on('message', (data: Buffer) => {
      const parsed = terminalRequest.safeParse(jsonOf(data));
      if (parsed.success) request(parsed.data);
      else socket.close(1008, 'not a terminal request');
    });
  };
}

/** The lab's name in an address; undefined for a broken escape. */
function nameOf(part: string): string | undefined {
  try {
    return decodeURIComponent(part);
  } catch {
    return undefined;
  }
}

function serveEvents(socket: WebSocket, attach: (send: (event: ConsoleEvent) => void) => () => void): void {
  const detach = attach((event) => {
    if (socket.bufferedAmount > mostBehindBytes) socket.terminate();
    else socket.send(JSON.stringify(event));
  });
  socket.on('close', detach);
}

/** 8 bytes of offset, then the bytes; the shape types.ts tells. */
export function outputFrame(offset: number, bytes: Buffer): Buffer {
  const frame = Buffer.allocUnsafe(8 + bytes.length);
  frame.writeDoubleBE(offset, 0);
  bytes.copy(frame, 8);
  return frame;
}

function jsonOf(data: Buffer): unknown {
  try {
    return JSON.parse(data.toString('utf8'));
  } catch {
    return undefined;
  }
}

function refuse(connection: Duplex, status: number, detail: string): void {
  const reasons: Record<number, string> = { 401: 'Unauthorized', 403: 'Forbidden', 404: 'Not Found' };
  connection.end(
    `HTTP/1.1 ${status} ${reasons[status] ?? 'Refused'}\r\nConnection: close\r\nContent-Type: text/plain\r\n` +
      `Content-Length: ${Buffer.byteLength(detail)}\r\n\r\n${detail}`,
  );
}
