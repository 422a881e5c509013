// Who may use the console: a one-time link is exchanged for a signed cookie; both carry the learner's name. Neither is kept,
// both are recognised.
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';

const linkHours = 12;
const sessionDays = 7;

export interface Sessions {
  /** A token for a learner that `redeem` accepts once. */
  issueLink(learner: string): string;
  /** The cookie's value for a token, or undefined for one that is forged, used or too old. */
  redeem(token: string): string | undefined;
  /** Whose a cookie is; undefined for one that is forged or too old. */
  learnerOf(cookieValue: string): string | undefined;
}

/**
 * Tokens of links and cookies are signed, not kept: who knows the secret can issue a link for a console that another
 * process serves. A link from before the console's start is refused, for it may have been used before.
 * @param secret keep it over restarts to keep browsers signed in
 */
export function createSessions(secret: Buffer = randomBytes(32), now: () => number = Date.now): Sessions {
  const startedAt = now();
  /** Links used since the start, until they are too old anyway. */
  const used = new Map<string, number>();

  return {
    issueLink: (learner) => signed(secret, 'link', [newNonce(), String(now()), learner]),
    redeem(token) {
      const [nonce, issuedAt, learner] = verified(secret, 'link', token) ?? [];
      const validUntil = Number(issuedAt) + linkHours * 3_600_000;
      for (const [old, until] of used) if (until < now()) used.delete(old);
      if (nonce === undefined || learner === undefined || used.has(nonce)) return undefined;
      if (Number(issuedAt) < startedAt || validUntil < now()) return undefined;
      used.set(nonce, validUntil);
      const until = now() + sessionDays * 86_400_000;
      return signed(secret, 'session', [newNonce(), String(until), learner]);
    },
    learnerOf(cookieValue) {
      const [, validUntil, learner] = verified(secret, 'session', cookieValue) ?? [];
      return Number(validUntil) >= now() ? learner : undefined;
    },
  };
}

/** A one-time link to a console that runs with this secret, in this process or another. */
export function oneTimeLink(url: string, secret: Buffer, learner: string): string {
  return `${url}/?token=${createSessions(secret).issueLink(learner)}`;
}

const newNonce = () => randomBytes(12).toString('base64url');

// The purpose is signed too: a link is no cookie.
const signatureOf = (secret: Buffer, purpose: string, parts: string[]) =>
  createHmac('sha256', secret)
    .update(`${purpose} ${parts.join('.')}`)
    .digest('base64url');

const signed = (secret: Buffer, purpose: string, parts: string[]) =>
  [...parts, signatureOf(secret, purpose, parts)].join('.');

function verified(secret: Buffer, purpose: string, text: string): string[] | undefined {
  const parts = text.split('.');
  const given = Buffer.from(parts.pop() ?? '');
  const wanted = Buffer.from(signatureOf(secret, purpose, parts));
  const isGood = parts.length === 3 && given.length === wanted.length && timingSafeEqual(given, wanted);
  return isGood ? parts : undefined;
}

/** A cookie's value from a Cookie header. */
export function cookieValue(header: string | undefined, name: string): string | undefined {
  const pair = header?.split(';').find((part) => part.trim().startsWith(`${name}=`));
  return pair?.trim().slice(name.length + 1);
}
