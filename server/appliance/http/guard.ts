// The one door: every request and every WebSocket upgrade passes here. Host is checked against rebinding names, Origin
// against foreign pages, the session against everybody else.
import type { IncomingMessage } from 'node:http';
import { cookieValue, type Sessions } from './sessions.ts';
import type { ApiProblem } from './types.ts';

export interface Refusal extends ApiProblem {
  status: 401 | 403;
}

export interface Admission {
  learner: string;
}

export interface Guard {
  cookieName: string;
  /** Browsers come by https, and shall send the cookie by nothing else. */
  isSecure: boolean;
  /** Host and Origin only: what the page that trades the one-time link must pass too. */
  refuseForeign(request: IncomingMessage): Refusal | undefined;
  /** All three. */
  admit(request: IncomingMessage): Admission | Refusal;
}

const readOnly = new Set(['GET', 'HEAD']);

/**
 * @param names host names the console answers to, without port
 * @param url where browsers find it, when that is another address: behind a published port or a proxy
 */
export function createGuard(options: {
  sessions: Sessions;
  port: number;
  names: string[];
  url: string;
}): Guard {
  const { protocol, host: publicHost, port: publicPort, origin: publicOrigin } = new URL(options.url);
  const suffix = options.port === 80 ? '' : `:${options.port}`;
  const own = options.names.map((name) => `${name.includes(':') ? `[${name}]` : name}${suffix}`);
  const hosts = new Set([...own, publicHost]);
  const origins = new Set([...own.map((host) => `http://${host}`), publicOrigin]);
  // Cookies know no ports; two consoles on one machine must not overwrite each other's.
  const cookieName = `patchbay_${publicPort || (protocol === 'https:' ? 443 : 80)}`;

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
    isSecure: protocol === 'https:',
    refuseForeign,
    admit(request) {
      const refusal = refuseForeign(request);
      if (refusal !== undefined) return refusal;
      const cookie = cookieValue(request.headers.cookie, cookieName);
      const learner = cookie === undefined ? undefined : options.sessions.learnerOf(cookie);
      if (learner !== undefined) return { learner };
      return {
        status: 401,
        title: 'Not signed in',
        detail:
          "Open the link that './patchbay up' or './patchbay invite' prints. Each link works once; run the command again for a new one.",
      };
    },
  };
}

const foreign = (detail: string): Refusal => ({ status: 403, title: 'Not allowed', detail });
