// The web console: wires sessions, API, events, terminals and pages to one HTTP server on one port.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { hostname, networkInterfaces } from 'node:os';
import { resolve } from 'node:path';
import express from 'express';
import { apiRouter } from './api.ts';
import { authorRouter, type AuthorSource } from './author.ts';
import type { CheckService, LabService } from './deps.ts';
import { createEventHub } from './event-hub.ts';
import { createGuard } from './guard.ts';
import type { Journeys } from '../journey/journeys.ts';
import { isOwnLab, localLearner } from './learners.ts';
import { demandSession, pageFiles, secureHeaders, signIn } from './pages.ts';
import { createProgress } from './progress.ts';
import { createSessions } from './sessions.ts';
import { serveSockets } from './sockets.ts';
import { createTerminals } from './terminals.ts';
import type { LabState } from './types.ts';

/** What the page is served over; `startConsole` makes these from a container engine. */
export interface ConsoleOptions {
  host?: string;
  /** 0 takes a free one. */
  port: number;
  labs: LabService;
  checks: CheckService;
  /** What is remembered of each lab. */
  journeys: Journeys;
  log: { info(message: string): void; error(message: string): void };
  /** Signs the session cookies; keep it over restarts to keep browsers signed in. */
  secret?: Buffer;
  /** Where browsers find the console, when that is not where it listens: `http://127.0.0.1:9000` behind a published port. */
  url?: string;
  /** The built page. */
  pages?: string;
  /** The lab that is being written, where the console is its author's. */
  author?: AuthorSource;
}

export interface Console {
  /** Where it listens. */
  port: number;
  /** Address for browsers, without a token. */
  url: string;
  /** An address that signs one browser in, once; 'local' unless a learner is named. */
  oneTimeLink(learner?: string): string;
  /** Ends connections; labs and the programs of their terminals go on. */
  close(): Promise<void>;
}

/** Throws EADDRINUSE as Node does when the port is taken. */
export async function serveConsole(options: ConsoleOptions): Promise<Console> {
  const { host = '127.0.0.1', labs, journeys, log } = options;
  const hub = createEventHub(
    (learner) => labsOf(learner).map(withSteps),
    () => labs.warm(),
  );
  const terminals = createTerminals(labs, (lab) => hub.changed(lab), log);
  const progress = createProgress({
    checks: options.checks,
    journeys,
    readSource: (entry) => labs.source(entry),
    onChange: (lab) => hub.changed(lab),
  });
  const met = new Set<string>();
  const meet = async (lab: string) => {
    const running = labs.running().find(({ id }) => id === lab);
    if (running === undefined) {
      met.delete(lab);
      progress.forget(lab);
      terminals.closeAll(lab);
    } else if (!met.has(lab)) {
      met.add(lab);
      await progress.meet(running);
    }
    hub.changed(lab);
  };
  const meetSoon = (lab: string) =>
    meet(lab).catch((error: unknown) =>
      log.error(`The steps of lab ${lab} cannot be read: ${String(error)}`),
    );
  // A browser that comes again asks for its steps and terminals first of all.
  const ids = labs.running().map(({ id }) => id);
  await Promise.all([terminals.join(ids), ...ids.map(meetSoon)]);
  const server = createServer();
  await new Promise<void>((done, failed) => {
    server.once('error', failed).listen(options.port, host, done);
  });
  const { port } = server.address() as AddressInfo;
  const url = options.url ?? urlOf(host, port);

  const sessions = createSessions(options.secret);
  const guard = createGuard({ sessions, port, names: namesOf(host), url });

  function withSteps({ learner: _learner, ...lab }: ReturnType<LabService['running']>[number]): LabState {
    const steps = progress.steps(lab.id);
    return { ...lab, ...progress.head(lab.id), steps, terminals: terminals.list(lab.id) };
  }
  function labsOf(learner: string) {
    return labs.running().filter((lab) => isOwnLab(learner, lab));
  }
  const stateOf = (learner: string, id: string) => {
    const lab = labsOf(learner).find((running) => running.id === id);
    return lab && withSteps(lab);
  };
  const mayReach = (learner: string, id: string) => labsOf(learner).some((lab) => lab.id === id);

  const stopListening = [
    labs.onChange((lab) => void meetSoon(lab)),
    labs.onReplaced((lab, reason) => terminals.closeAll(lab, reason)),
    journeys.onChange((lab) => hub.changed(lab)),
    labs.onWarm(() => hub.catalogChanged()),
    options.author?.onChange(({ isReadable, guide }) => {
      // steps of a folder that cannot be read now are not gone
      const written = labs.running().filter(({ entry }) => isReadable && entry === guide.entry);
      for (const lab of written) void progress.meet(lab).catch((error: unknown) => log.error(String(error)));
    }) ?? (() => undefined),
  ];
  // Those that came while the port was opened.
  for (const { id } of labs.running()) void meetSoon(id);

  const app = express();
  app.disable('x-powered-by');
  app.use(secureHeaders, signIn(guard, sessions), demandSession(guard));
  if (options.author !== undefined) app.use('/api/author', authorRouter(options.author));
  app.use('/api', apiRouter({ labs, progress, terminals, stateOf, log }));
  app.use(pageFiles(options.pages ?? resolve(import.meta.dirname, '../../../web/dist')));
  server.on('request', app);
  const stopSockets = serveSockets(server, { guard, hub, terminals, mayReach });

  return {
    port,
    url,
    oneTimeLink: (learner = localLearner) => `${url}/?token=${sessions.issueLink(learner)}`,
    async close() {
      for (const stop of stopListening) stop();
      stopSockets();
      terminals.leaveAll();
      hub.close();
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    },
  };
}

const wildcards = ['0.0.0.0', '::'];

/** An address that leads here; a wildcard itself does not, this machine's first address does. */
function urlOf(host: string, port: number): string {
  const addresses = Object.values(networkInterfaces()).flatMap((list) => list ?? []);
  const own = addresses.find(({ family, internal }) => family === 'IPv4' && !internal)?.address;
  const name = wildcards.includes(host) ? (own ?? '127.0.0.1') : host;
  return `http://${name.includes(':') ? `[${name}]` : name}:${port}`;
}

/** Names a browser may use for the address listened on; for a wildcard every name of this machine. */
function namesOf(host: string): string[] {
  const loopback = ['127.0.0.1', 'localhost', '::1'];
  if (!wildcards.includes(host)) return [...new Set([host, ...loopback])];
  const own = Object.values(networkInterfaces()).flatMap((list) =>
    (list ?? []).map(({ address }) => address),
  );
  return [...new Set([hostname(), ...own, ...loopback])];
}
