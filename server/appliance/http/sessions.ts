// Who may use the console: a one-time link is exchanged for a signed cookie. Cookies are not kept, only recognised.
import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';

const linkMinutes = 24 * 60;
const sessionDays = 7;
const mostLinks = 100;

export interface Sessions {
  /** A token that `redeem` accepts once within a day. */
  issueLink(): string;
  /** The cookie's value for a token, or undefined for one that is unknown, used or too old. */
  redeem(token: string): string | undefined;
  isValid(cookieValue: string): boolean;
}

/** @param secret signs the cookies; the same secret after a restart keeps browsers signed in */
export function createSessions(secret: Buffer = randomBytes(32), now: () => number = Date.now): Sessions {
  const links = new Map<string, number>();
  const sign = (text: string) => createHmac('sha256', secret).update(text).digest('base64url');

  return {
    issueLink() {
      const token = randomBytes(24).toString('base64url');
      links.set(digest(token), now() + linkMinutes * 60_000);
      if (links.size > mostLinks) links.delete(links.keys().next().value!);
      return token;
    },
    redeem(token) {
      const key = digest(token);
      const validUntil = links.get(key);
      links.delete(key);
      if (validUntil === undefined || validUntil < now()) return undefined;
      const claim = `${randomBytes(12).toString('base64url')}.${now() + sessionDays * 86_400_000}`;
      return `${claim}.${sign(claim)}`;
    },
    isValid(cookieValue) {
      const [id, validUntil, signature, ...rest] = cookieValue.split('.');
      if (id === undefined || validUntil === undefined || signature === undefined || rest.length > 0)
        return false;
      const wanted = Buffer.from(sign(`${id}.${validUntil}`));
      const given = Buffer.from(signature);
      return wanted.length === given.length && timingSafeEqual(wanted, given) && Number(validUntil) >= now();
    },
  };
}

// Looked up by digest, so that the time a lookup takes tells nothing about a token.
const digest = (token: string) => createHash('sha256').update(token).digest('hex');

/** A cookie's value from a Cookie header. */
export function cookieValue(header: string | undefined, name: string): string | undefined {
  const pair = header?.split(';').find((part) => part.trim().startsWith(`${name}=`));
  return pair?.trim().slice(name.length + 1);
}
