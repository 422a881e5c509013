// The one door: every request and every WebSocket upgrade passes here. Host is checked against rebinding names, Origin
// against foreign pages, the session against everybody else.
import type { IncomingMessage } from 'node:http';
import { cookieValue, type Sessions } from './sessions.ts';
import type { ApiProblem } from './types.ts';

export interface Refusal extends ApiProblem {
  status: 401 | 403;
}

export interface Guard {
  cookieName: string;
  /** Host and Origin only: what the page that trades the one-time link must pass too. */
  refuseForeign(request: IncomingMessage): Refusal | undefined;
  /** All three. */
  refuse(request: IncomingMessage): Refusal | undefined;
}

const readOnly = new Set(['GET', 'HEAD']);

/** @param names host names the console answers to, without port */
export function createGuard(options: { sessions: Sessions; port: number; names: string[] }): Guard {
  const hosts = new Set(
    options.names.map((name) => `${name.includes(':') ? `[${name}]` : name}:${options.port}`),
  );
  const origins = new Set([...hosts].map((host) => `http://${host}`));
  // Cookies know no ports; two consoles on one machine must not overwrite each other's.
  const cookieName = `patchbay_${options.port}`;

  const refuseForeign = (request: IncomingMessage): Refusal | undefined => {
    if (!hosts.has(request.headers.host ?? ''))
      return foreign(`The console does not answer to the name '${request.headers.host ?? ''}'.`);
    const { origin } = request.headers;
    const mustName = request.headers.upgrade !== undefined || !readOnly.has(request.method ?? '');
    if (origin === undefined ? mustName : !origins.has(origin))
      return foreign(`Requests from '${origin ?? 'no origin'}' are not accepted.`);
    return undefined;
  };

  return {
    cookieName,
    refuseForeign,
    refuse(request) {
      const refusal = refuseForeign(request);
      if (refusal !== undefined) return refusal;
      const cookie = cookieValue(request.headers.cookie, cookieName);
      if (cookie !== undefined && options.sessions.isValid(cookie)) return undefined;
      return {
        status: 401,
        title: 'Not signed in',
        detail:
          "Open the link that './patchbay up' prints. Each link works once; run the command again for a new one.",
      };
    },
  };
}

const foreign = (detail: string): Refusal => ({ status: 403, title: 'Not allowed', detail });
