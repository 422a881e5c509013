// The author's routes: what the folder holds now, and the same again after each save, pushed.
import express, { type Response, type Router } from 'express';
import type { AuthorState } from './types.ts';

/** Where it comes from; author/preview.ts is one. */
export interface AuthorSource {
  state: () => AuthorState;
  onChange: (listener: (state: AuthorState) => void) => () => void;
}

/** Server-sent events come again by themselves when the connection was lost. */
export function authorRouter({ state, onChange }: AuthorSource): Router {
  const router = express.Router();
  router.get('/', (_request, response) => void response.json(state()));
  router.get('/events', (request, response) => {
    response.set({ 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store' });
    response.flushHeaders();
    send(response, state());
    const stop = onChange((now) => send(response, now));
    request.on('close', stop);
  });
  return router;
}

const send = (response: Response, state: AuthorState) =>
  void response.write(`data: ${JSON.stringify(state)}\n\n`);
