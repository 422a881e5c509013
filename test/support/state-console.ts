// Serves the built page over whatever state it is told to show, for looks at the page and tests of the page alone: every
// state of the contract can be seen at once, and every request that a click sends is kept. Loopback only, no sign-in.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import express from 'express';
import { WebSocketServer, type WebSocket } from 'ws';
import { guideOf } from '../../server/appliance/http/api.ts';
import type { LabSource } from '../../server/appliance/http/deps.ts';
import { labChanges } from '../../server/appliance/http/lab-delta.ts';
import { pageFiles } from '../../server/appliance/http/pages.ts';
import { outputFrame } from '../../server/appliance/http/sockets.ts';
import type {
  ApiProblem,
  CatalogEntry,
  ConsoleEvent,
  LabChange,
  LabState,
} from '../../server/appliance/http/types.ts';
import { root } from './sources.ts';

export interface SentRequest {
  method: string;
  path: string;
  body?: unknown;
}

export interface StateConsole extends AsyncDisposable {
  url: string;
  /** Everything that was asked but GET, oldest first. */
  requests: SentRequest[];
  /** Replaces the labs; the difference is pushed. */
  show(labs: LabState[]): void;
  /** Pushes how many labs stand ready, by entry. */
  tellWarm(warm: Record<string, number>): void;
  /** Answers the next request that changes something with this refusal. */
  refuseNext(status: number, problem: ApiProblem): void;
}

export interface Shown {
  catalog: CatalogEntry[];
  source: LabSource;
  labs: LabState[];
  /** What every terminal shows. */
  screen: string;
}

/** @param port 0 takes a free one */
export async function serveStates({ catalog, source, labs, screen }: Shown, port = 0): Promise<StateConsole> {
  const requests: SentRequest[] = [];
  const viewers = new Set<WebSocket>();
  let shown = labs;
  let sequence = 0;
  let refusal: { status: number; problem: ApiProblem } | undefined;

  const app = express();
  app.use(express.json());
  app.get('/api/catalog', (_request, response) => void response.json(catalog));
  app.get('/api/catalog/:entry/guide', (_request, response) => void response.json(guideOf(source)));
  app.get('/api/labs/:lab/steps/:step/solution', (request, response) => {
    const step = Number(request.params.step);
    const commands = source.steps.find(({ number }) => number === step)?.solution ?? [];
    response.json({ step, commands });
  });
  app.use('/api', (request, response) => {
    const body = request.body as unknown;
    requests.push({ method: request.method, path: request.originalUrl, ...(body ? { body } : {}) });
    if (refusal === undefined) return void response.status(202).json(shown[0] ?? {});
    response.status(refusal.status).json(refusal.problem);
    refusal = undefined;
  });
  app.use(pageFiles(join(root, 'web', 'dist')));
  const server = createServer(app);
  const sockets = new WebSocketServer({ server });
  sockets.on('connection', (socket, { url = '' }) => {
    if (!url.startsWith('/api/events')) return showScreen(socket, screen);
    viewers.add(socket);
    socket.on('close', () => viewers.delete(socket));
    const snapshot: ConsoleEvent = { sequence, type: 'snapshot', state: { learner: 'local', labs: shown } };
    socket.send(JSON.stringify(snapshot));
  });
  await new Promise<void>((done) => server.listen(port, '127.0.0.1', done));

  const push = (
    part: { type: 'changed'; change: LabChange } | { type: 'catalog'; warm: Record<string, number> },
  ) => {
    const event: ConsoleEvent = { sequence: ++sequence, ...part };
    for (const socket of viewers) socket.send(JSON.stringify(event));
  };

  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    show(next) {
      const ids = new Set([...shown, ...next].map(({ id }) => id));
      const of = (list: LabState[], id: string) => list.find((lab) => lab.id === id);
      const changes = [...ids].flatMap((id) => labChanges(id, of(shown, id), of(next, id)));
      shown = next;
      for (const change of changes) push({ type: 'changed', change });
    },
    tellWarm: (warm) => push({ type: 'catalog', warm }),
    refuseNext: (status, problem) => (refusal = { status, problem }),
    async [Symbol.asyncDispose]() {
      for (const socket of sockets.clients) socket.terminate();
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    },
  };
}

function showScreen(socket: WebSocket, screen: string): void {
  const bytes = Buffer.from(screen.replaceAll('\n', '\r\n'));
  const size = { isOwner: true, columns: 80, rows: 24 };
  socket.send(JSON.stringify({ type: 'opened', offset: 0, replayUntil: bytes.length, ...size }));
  socket.send(outputFrame(0, bytes));
}
