// The built page (web/dist), the sign-in by one-time link, and the headers that keep foreign code out.
import { join } from 'node:path';
import express, { type RequestHandler, type Router } from 'express';
import type { Guard, Refusal } from './guard.ts';
import type { Sessions } from './sessions.ts';

// The terminal and the topology place elements by style attributes; scripts come from this server alone.
const contentPolicy = [
  "default-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "worker-src 'self' blob:",
  "frame-ancestors 'none'",
  "base-uri 'none'",
  "form-action 'self'",
].join('; ');

/** Headers for every answer. */
export const secureHeaders: RequestHandler = (_request, response, next) => {
  response.set({
    'Content-Security-Policy': contentPolicy,
    'X-Content-Type-Options': 'nosniff',
    'Referrer-Policy': 'no-referrer',
    'Cross-Origin-Opener-Policy': 'same-origin',
  });
  next();
};

/** `/?token=` trades the link for a cookie and goes on to `/`; a used link with a valid cookie just goes on. */
export function signIn(guard: Guard, sessions: Sessions): RequestHandler {
  return (request, response, next) => {
    const { token, to } = request.query;
    // only the page's own address
    const target = to === 'author' ? '/author' : '/';
    if (request.path !== '/' || request.method !== 'GET' || typeof token !== 'string') return next();
    const foreign = guard.refuseForeign(request);
    if (foreign !== undefined) return void refusePage(response, foreign);
    const cookie = sessions.redeem(token);
    if (cookie === undefined) {
      const admission = guard.admit(request);
      if ('learner' in admission) return response.redirect(303, target);
      return void refusePage(response, {
        ...admission,
        title: 'This link was used already or is too old',
      });
    }
    // Lax, not Strict: the link may be opened from a chat or a mail, and the redirect must carry the cookie.
    response.cookie(guard.cookieName, cookie, {
      httpOnly: true,
      sameSite: 'lax',
      secure: guard.isSecure,
      path: '/',
      maxAge: 604_800_000,
    });
    response.redirect(303, target);
  };
}

/** Refuses what the guard refuses: JSON below /api, else a page that says how to get in. Notes who is admitted. */
export function demandSession(guard: Guard): RequestHandler {
  return (request, response, next) => {
    const admission = guard.admit(request);
    if ('learner' in admission) {
      response.locals.learner = admission.learner;
      return next();
    }
    const { status, title, detail } = admission;
    if (request.path.startsWith('/api/')) response.status(status).json({ title, detail });
    else refusePage(response, admission);
  };
}

/** Files of the built page; every other address is one of the page's own. */
export function pageFiles(folder: string): Router {
  const pages = express.Router();
  pages.use(
    '/assets',
    express.static(join(folder, 'assets'), { immutable: true, maxAge: '1y', fallthrough: false }),
  );
  pages.use(express.static(folder, { index: false }));
  pages.get('/{*path}', (_request, response, next) => {
    response.sendFile(join(folder, 'index.html'), { headers: { 'Cache-Control': 'no-cache' } }, (error) => {
      if (error !== undefined && !response.headersSent) next(error);
    });
  });
  return pages;
}

function refusePage(response: express.Response, { status, title, detail }: Refusal): void {
  response.status(status).type('html').send(`<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark"><title>Patchbay: ${escaped(title)}</title>
<body style="font: 1.125rem/1.6 system-ui, sans-serif; max-width: 34rem; margin: 18vh auto; padding: 0 1.5rem">
<h1 style="font-size: 1.5rem">${escaped(title)}</h1><p>${escaped(detail)}</p></body></html>`);
}

const escaped = (text: string) => text.replace(/[&<>"']/g, (character) => `&#${character.codePointAt(0)!};`);
